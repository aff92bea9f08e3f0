/** What stops a fullprocess early: no input files, no target column, no test data. Reads names, and no rows. */
import { isReadable } from "../../config/unsetValues.ts";
import { recover } from "../../core/errors.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import type { Finding } from "../../core/records/drift.ts";
import { counted } from "../../core/text/format.ts";
import { listed } from "../../core/text/listed.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { foundFiles } from "../ingest/inputFiles.ts";
import { reading, type Session } from "../session.ts";
import { testFiles } from "../testData.ts";
import type { Workspace } from "../workspace.ts";

/** Columns named in a message. */
const LISTED = 8;

/** Empty where the records cannot be read, or a folder names a variable that is not set: other findings say so. */
export async function firstChecks(workspace: Workspace): Promise<Finding[]> {
  const { config } = workspace;
  if (!isReadable(config, "input_folder_path") || !isReadable(config, "test_data_path")) return [];
  return reading(workspace, async (session) => {
    const dataset = session.store.latestDataset(config.input_folder_path);
    return [
      await inputFinding(session, dataset),
      ...(dataset === undefined ? [] : [targetFinding(session, dataset)]),
      await testFinding(session, dataset),
    ];
  }).catch(recover(() => []));
}

async function inputFinding(session: Session, dataset: Dataset | undefined): Promise<Finding> {
  const { input_folder_path: folder, ingest } = session.config;
  const count = await foundFiles(session, [])
    .then(({ files }) => files.length)
    .catch(recover(() => 0));
  const finding = { name: "input data", value: count, limit: null };
  if (count > 0 || ingest.sources.length > 0)
    return { ...finding, status: "pass", message: `${counted(count, "file")} in ${folder}` };
  const next = `no file of rows in ${folder}: put one there, or \`mlctl init --from FILE\``;
  return { ...finding, status: dataset === undefined ? "warn" : "pass", message: next };
}

function targetFinding({ config: { target } }: Session, { columns, artifact }: Dataset): Finding {
  const names = columns.map(({ name }) => name);
  const finding = { name: "target", value: target, limit: null };
  if (names.includes(target)) return { ...finding, status: "pass", message: `a column of ${artifact.path}` };
  const close = didYouMean(target, names, `it has ${listed(names, LISTED)}`);
  const message = `${artifact.path} has no column "${target}" (${close}): set "target" in config.json`;
  return { ...finding, status: "fail", message };
}

/** Before the first ingest a warning: the folder may be filled next. */
async function testFinding(session: Session, dataset: Dataset | undefined): Promise<Finding> {
  const finding = { name: "test data", limit: null };
  const status = dataset === undefined ? "warn" : "fail";
  return testFiles(session)
    .then((files): Finding => {
      const message = `${counted(files.length, "file")} in ${session.config.test_data_path}`;
      return { ...finding, status: "pass", value: files.length, message };
    })
    .catch(recover(({ message, hint }) => ({ ...finding, status, value: 0, message: `${message}: ${hint}` })));
}
