/** doctor: checks the installation (engines, folders, lock) and the recorded files. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { VARIABLES_FILE } from "../../config/variablesFile.ts";
import { isReadable } from "../../config/unsetValues.ts";
import { finding, type Finding } from "../../core/records/monitoring.ts";
import { recover } from "../../core/errors.ts";
import { listed, atLine, counted } from "../../core/text/format.ts";
import { describeRefusal, nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import { installHint } from "../../estimators/xgboost/engines/native/releases.ts";
import { predictionLogPath } from "../../storage/predictionLog/logReader.ts";
import { readStore } from "../../storage/store/syncStore.ts";
import { requireKinds, toRecordPath } from "../../storage/files/workspacePaths.ts";
import { folderFailure } from "../../storage/files/atomicWrite.ts";
import { integrity } from "./verify.ts";
import { aheadMessage, type Session } from "../session.ts";
import type { Workspace } from "../workspace.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { foundFiles } from "../ingest/inputFiles.ts";
import { lostFiles, rejectedFiles } from "../ingest/planIngest.ts";
import { testFiles } from "../testData.ts";

export type DoctorResult = Awaited<ReturnType<typeof doctor>>;

const engines: Readonly<Record<string, () => Promise<unknown>>> = {
  DuckDB: () => import("../../data/files/readTable.ts"),
  SQLite: () => import("../../storage/store/openStore.ts"),
  plots: () => import("../../plots/render.ts"),
};

export async function doctor(workspace: Workspace) {
  const loaded = Object.entries(engines).map(([name, load]) =>
    load().then(
      () => finding(name, "pass", "loads"),
      (error: unknown) => finding(name, "fail", `does not load: ${String(error)}; run npm install again`),
    ),
  );
  return {
    codeVersion: workspace.codeVersion,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    findings: [
      ...(await Promise.all(loaded)),
      await xgboostFinding(),
      ...folders(workspace),
      await lockFinding(workspace),
      ...trustFindings(workspace),
      ...privacyFindings(workspace),
      ...(await recordedFindings(workspace)),
    ],
  };
}

/** Of the records and the data that they name; not checked if a file is in the place of a folder. */
async function recordedFindings(workspace: Workspace): Promise<Finding[]> {
  const { paths, trust } = workspace;
  const refusal = trust.refusal("database");
  if (refusal !== undefined) return [finding("integrity", "warn", `the records were not read: ${refusal.message}`)];
  const failed = recover(({ message }): Finding[] => [finding("integrity", "fail", message)]);
  try {
    requireKinds(paths);
    // Undefined if it cannot be read, which `integrity` reports.
    const store = await readStore(workspace, () => {}).catch(recover(() => undefined));
    try {
      const whole = await integrity(workspace).catch(failed);
      if (store === undefined) return whole;
      const ahead = store.datedAhead();
      const clock = ahead === undefined ? "no record is dated after it" : aheadMessage(ahead);
      const clocked = finding("clock", ahead === undefined ? "pass" : "warn", clock, [ahead?.count ?? 0, null]);
      return [clocked, ...whole, ...(await firstChecks({ ...workspace, store }).catch(recover(() => [])))];
    } finally {
      store?.close();
    }
  } catch (error) {
    return failed(error);
  }
}

/** Which XGBoost engine is used, and why: the only native library that users install, see `mlctl engine`. */
async function xgboostFinding(): Promise<Finding> {
  const found = nativeLibraries().then(({ used, refused }) => {
    const broken = refused.map((library) => `; ${describeRefusal(library)}`).join("");
    const chosen =
      used === null
        ? `trains in WebAssembly${refused.length === 0 ? ": no libxgboost was found" : ""}; ${installHint()}`
        : `trains natively: ${used.version} at ${used.path}, found by ${used.origin}`;
    return finding("XGBoost", refused.length === 0 ? "pass" : "warn", `${chosen}${broken}`);
  });
  return found.catch(recover(({ message }) => finding("XGBoost", "fail", message)));
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
  const isWritten = mode === constants.W_OK;
  const verb = isWritten ? "written to" : "read";
  const is = (status: Finding["status"], message: string): Finding => finding(`folder ${folder}`, status, message);
  if (!existsSync(path)) return isWritten ? is("pass", "will be created when needed") : is("warn", "does not exist");
  if (isWritten && !statSync(path).isDirectory()) return is("fail", "is a file, not a folder: move it away");
  const failure = isWritten ? folderFailure(path, folder) : undefined;
  if (failure !== undefined) return is("fail", failure.message);
  try {
    accessSync(path, mode);
    return is("pass", `can be ${verb}`);
  } catch {
    return is("fail", `cannot be ${verb}: check its owner and permissions`);
  }
}

/** Of a workspace of an older mlctl, or written by hand: new files are private from the start. */
function privacyFindings({ paths, configPath }: Workspace): Finding[] {
  if (process.platform === "win32") return [];
  const files = [paths.index, predictionLogPath(paths.database), join(dirname(configPath), VARIABLES_FILE)].filter(
    (path) => existsSync(path),
  );
  const open = files.filter((path) => (statSync(path).mode & 0o077) !== 0);
  if (open.length === 0) return [];
  const names = listed(open.map((path) => toRecordPath(paths.workspace, path)));
  const message = `other users can read ${names}, which hold people's data or passwords: \`chmod 600\` makes them private`;
  return [finding("privacy", "warn", message, [open.length, 0])];
}

/** After a restore or a move nothing is trusted, because trust belongs to the path. */
function trustFindings({ trust }: Workspace): Finding[] {
  const closed = trust.hooks.map(({ key }) => key).filter((key) => trust.refusal(key) !== undefined);
  if (trust.hooks.length === 0) return [];
  if (closed.length === 0) return [finding("trust", "pass", "what config.json runs or calls is allowed", [0, 0])];
  const message = `${listed(closed)} of config.json will not run here: read what it does, then run \`mlctl config trust\``;
  return [finding("trust", "warn", message, [closed.length, 0])];
}

/** Asks no server that config.json may not call, and none that does not answer: `integrity` reports that. */
async function lockFinding({ records, trust }: Workspace): Promise<Finding> {
  const isAllowed = trust.refusal("database") === undefined;
  if (!isAllowed) return finding("lock", "pass", "not asked", [null, null]);
  const holder = await records.holder().catch(recover(() => undefined));
  if (holder === undefined) return finding("lock", "pass", "free", [null, null]);
  const { pid, command, since } = holder;
  return finding("lock", "pass", `held by pid ${pid}, \`${command}\`, since ${since}`, [pid, null]);
}

const LISTED = 8;

/** Empty where a folder names a variable that is not set: other findings say so. */
async function firstChecks(session: Session): Promise<Finding[]> {
  const { config, store } = session;
  if (!isReadable(config, "input_folder_path") || !isReadable(config, "test_data_path")) return [];
  const dataset = store.latestDataset(config.input_folder_path);
  return [
    await inputFinding(session, dataset),
    ...(dataset === undefined ? [] : [...rejectedFindings(session, dataset), targetFinding(session, dataset)]),
    await testFinding(session, dataset),
  ];
}

async function inputFinding(session: Session, dataset: Dataset | undefined): Promise<Finding> {
  const { input_folder_path: folder, ingest } = session.config;
  const { files } = await foundFiles(session, []).catch(recover(() => ({ files: [] })));
  const count = files.length;
  const lost = dataset === undefined ? null : lostFiles(session, dataset, files);
  if (lost !== null) return finding("input data", "warn", lost, [count, null]);
  const next = `no file of rows in ${folder}: put one there, or \`mlctl init --from FILE\``;
  const isThere = count > 0 || ingest.sources.length > 0;
  const status = isThere || dataset !== undefined ? "pass" : "warn";
  return finding("input data", status, isThere ? `${counted(count, "file")} in ${folder}` : next, [count, null]);
}

function rejectedFindings({ paths }: Session, dataset: Dataset): Finding[] {
  const rejected = rejectedFiles(paths.workspace, dataset);
  if (rejected.length === 0) return [];
  const names = rejected.map(({ path, line, reason }) => atLine(path, line, reason));
  return [finding("rejected files", "warn", listed(names, LISTED, "; "), [names.length, 0])];
}

function targetFinding({ config: { target } }: Session, { columns, artifact }: Dataset): Finding {
  const names = columns.map(({ name }) => name);
  if (names.includes(target)) return finding("target", "pass", `a column of ${artifact.path}`, [target, null]);
  const close = didYouMean(target, names, `it has ${listed(names, LISTED)}`);
  const message = `${artifact.path} has no column "${target}" (${close}): set "target" in config.json`;
  return finding("target", "fail", message, [target, null]);
}

/** Before the first ingest a warning: the folder may be filled next. */
async function testFinding(session: Session, dataset: Dataset | undefined): Promise<Finding> {
  const status = dataset === undefined ? "warn" : "fail";
  return testFiles(session)
    .then(({ length }) => {
      const message = `${counted(length, "file")} in ${session.config.test_data_path}`;
      return finding("test data", "pass", message, [length, null]);
    })
    .catch(recover(({ message, hint }) => finding("test data", status, `${message}: ${hint}`, [0, null])));
}
