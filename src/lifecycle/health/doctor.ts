/** doctor: checks the installation (engines, folders, lock) and the recorded files. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { isReadable } from "../../config/unsetValues.ts";
import type { Finding } from "../../core/records/drift.ts";
import { MlctlError, recover } from "../../core/errors.ts";
import { listed } from "../../core/text/listed.ts";
import { describeRefusal, nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import { installHint } from "../../estimators/xgboost/engines/native/releases.ts";
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import { readStore } from "../../storage/store/readStore.ts";
import { requireKinds } from "../../storage/files/requireKinds.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { folderFailure } from "../../storage/files/writeFailure.ts";
import { integrity } from "./verify.ts";
import { aheadMessage, reading, type Session } from "../session.ts";
import type { Workspace } from "../workspace.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import { counted } from "../../core/text/format.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { foundFiles } from "../ingest/inputFiles.ts";
import { testFiles } from "../testData.ts";

export type DoctorResult = Awaited<ReturnType<typeof doctor>>;

export async function doctor(workspace: Workspace) {
  const engines = await Promise.all([
    engine("DuckDB", () => import("../../data/files/readTable.ts")),
    engine("SQLite", () => import("../../storage/store/openStore.ts")),
    engine("plots", () => import("../../plots/render.ts")),
  ]);
  return {
    codeVersion: workspace.codeVersion,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    findings: [
      ...engines,
      await xgboostFinding(),
      ...folders(workspace),
      await lockFinding(workspace),
      ...trustFindings(workspace),
      ...privacyFindings(workspace),
      ...(await integrityFindings(workspace)),
      ...(await firstChecks(workspace)),
    ],
  };
}

/** Files are not checked if a file is in the place of a folder. */
async function integrityFindings(workspace: Workspace): Promise<Finding[]> {
  const { paths, trust } = workspace;
  const refusal = trust.refusal("database");
  if (refusal !== undefined) return integrityIs("warn", `the records were not read: ${refusal.message}`);
  try {
    requireKinds(paths);
    return [...(await clockFindings(workspace)), ...(await integrity(workspace))];
  } catch (error) {
    return recover(({ message }) => integrityIs("fail", message))(error);
  }
}

function integrityIs(status: Finding["status"], message: string): Finding[] {
  return [{ name: "integrity", status, value: null, limit: null, message }];
}

async function engine(name: string, load: () => Promise<unknown>): Promise<Finding> {
  const finding = { name, value: null, limit: null };
  try {
    await load();
    return { ...finding, status: "pass", message: "loads" };
  } catch (error) {
    return { ...finding, status: "fail", message: `does not load: ${String(error)}; run npm install again` };
  }
}

/** Which XGBoost engine is used, and why: the only native library that users install, see `mlctl engine`. */
async function xgboostFinding(): Promise<Finding> {
  const finding = { name: "XGBoost", value: null, limit: null };
  try {
    const { used, refused } = await nativeLibraries();
    const broken = refused.map((library) => `; ${describeRefusal(library)}`).join("");
    const chosen =
      used === null
        ? `trains in WebAssembly${refused.length === 0 ? ": no libxgboost was found" : ""}; ${installHint()}`
        : `trains natively: ${used.version} at ${used.path}, found by ${used.origin}`;
    return { ...finding, status: refused.length === 0 ? "pass" : "warn", message: `${chosen}${broken}` };
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    return { ...finding, status: "fail", message: error.message };
  }
}

function folders({ paths, config }: Workspace): Finding[] {
  const inputs = (["input_folder_path", "test_data_path"] as const)
    .filter((key) => isReadable(config, key))
    .map((key) => config[key])
    .map((folder) => folderFinding(paths.workspace, folder, constants.R_OK));
  const outputs = [paths.workspace, paths.datasets, paths.models, paths.production].map((folder) =>
    folderFinding(paths.workspace, toRecordPath(paths.workspace, folder) || ".", constants.W_OK),
  );
  return [...inputs, ...outputs];
}

function folderFinding(workspace: string, folder: string, mode: number): Finding {
  const path = `${workspace}/${folder}`;
  const finding = { name: `folder ${folder}`, value: null, limit: null };
  const verb = mode === constants.W_OK ? "written to" : "read";
  if (!existsSync(path)) {
    return mode === constants.W_OK
      ? { ...finding, status: "pass", message: "will be created when needed" }
      : { ...finding, status: "warn", message: "does not exist" };
  }
  if (mode === constants.W_OK && !statSync(path).isDirectory())
    return { ...finding, status: "fail", message: "is a file, not a folder: move it away" };
  const failure = mode === constants.W_OK ? folderFailure(path, folder) : undefined;
  if (failure !== undefined) return { ...finding, status: "fail", message: failure.message };
  try {
    accessSync(path, mode);
    return { ...finding, status: "pass", message: `can be ${verb}` };
  } catch {
    return { ...finding, status: "fail", message: `cannot be ${verb}: check its owner and permissions` };
  }
}

/** Empty if the records cannot be read, which `integrity` reports. */
async function clockFindings(workspace: Workspace): Promise<Finding[]> {
  try {
    const store = await readStore(workspace, () => {});
    const ahead = store.datedAhead();
    store.close();
    const finding = { name: "clock", value: ahead?.count ?? 0, limit: null };
    if (ahead === undefined) return [{ ...finding, status: "pass", message: "no record is dated after it" }];
    return [{ ...finding, status: "warn", message: aheadMessage(ahead) }];
  } catch (error) {
    return recover((): Finding[] => [])(error);
  }
}

/** Of a workspace of an older mlctl: new files are private from the start. */
function privacyFindings({ paths }: Workspace): Finding[] {
  if (process.platform === "win32") return [];
  const files = [paths.index, predictionLogPath(paths.database)].filter((path) => existsSync(path));
  const open = files.filter((path) => (statSync(path).mode & 0o077) !== 0);
  if (open.length === 0) return [];
  const names = listed(open.map((path) => toRecordPath(paths.workspace, path)));
  const message = `other users can read ${names}, which hold people's data: \`chmod 600\` makes them private`;
  return [{ name: "privacy", status: "warn", value: open.length, limit: 0, message }];
}

/** After a restore or a move nothing is trusted, because trust belongs to the path. */
function trustFindings({ trust }: Workspace): Finding[] {
  const closed = trust.hooks.map(({ key }) => key).filter((key) => trust.refusal(key) !== undefined);
  if (trust.hooks.length === 0) return [];
  const finding = { name: "trust", value: closed.length, limit: 0 };
  if (closed.length === 0)
    return [{ ...finding, status: "pass", message: "what config.json runs or calls is allowed" }];
  const message = `${listed(closed)} of config.json will not run here: read what it does, then run \`mlctl config trust\``;
  return [{ ...finding, status: "warn", message }];
}

/** Asks no server that config.json may not call, and none that does not answer: `integrity` reports that. */
async function lockFinding({ records, trust }: Workspace): Promise<Finding> {
  const isAllowed = trust.refusal("database") === undefined;
  const holder = isAllowed ? await records.holder().catch(recover(() => undefined)) : undefined;
  const message =
    holder === undefined
      ? isAllowed
        ? "free"
        : "not asked"
      : `held by pid ${holder.pid}, \`${holder.command}\`, since ${holder.since}`;
  return { name: "lock", status: "pass", value: holder?.pid ?? null, limit: null, message };
}

const LISTED = 8;

/** Empty where the records cannot be read, or a folder names a variable that is not set: other findings say so. */
async function firstChecks(workspace: Workspace): Promise<Finding[]> {
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
