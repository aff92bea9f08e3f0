/** predict of a folder or bucket: each file becomes one of predictions. Workers of a shared workspace do some of them. */
import { join, resolve } from "node:path";
import { parseRecorded } from "../../config/configSha256.ts";
import { MlctlError, recover, type ErrorKind } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import { listed } from "../../core/text/format.ts";
import type { Pool } from "../../pipeline/search/trialPool.ts";
import { sha256Text } from "../../storage/files/workspacePaths.ts";
import { openPlace, type JobPlace } from "../ranks/jobPlace.ts";
import { getJson, putJson } from "../ranks/rankJob.ts";
import { inTemporaryFolder } from "../../storage/files/atomicWrite.ts";
import { namedOrDeployed, type LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { readingOptions } from "../settings.ts";
import { sharedPool } from "../workers/sharedPool.ts";
import type { Workspace } from "../workspace.ts";
import { filePlace, isBucket, type FilePlace } from "./filePlaces.ts";
import { formatOf, type RowFormat } from "./inputStream.ts";
import { predictFile, UNUSUAL, type PredictOptions } from "./predict.ts";
import type { PredictedRows, PredictSession } from "./predictBatches.ts";

/** What each output was predicted from, in the place of the outputs: hidden, so that nobody takes it for rows. */
const STATE = ".mlctl_predictions.json";
const SAVE_MILLISECONDS = 5000;
const GUARD = `correct them; \`--guard\` rejects them and ${UNUSUAL}, and predicts the others`;
/** Of the error of one file. */
const MOST_DETAILS = 5;

type Options = Pick<PredictOptions, "input" | "output" | "model" | "guard" | "format" | "csvSafe">;

/** What a worker elsewhere needs. */
interface FileWork {
  readonly options: Options;
  readonly loaded: LoadedModel;
  /** Without secrets. */
  readonly config: Json;
  readonly dataset: Dataset | undefined;
}

interface FileTask {
  readonly name: string;
  readonly version: string;
  readonly format: RowFormat;
  readonly output: string;
  readonly rejects: string;
  /** Of an earlier run. */
  readonly hasRejects: boolean;
}

/** By output. */
type State = Record<string, { readonly place: string; readonly version: string }>;

interface FileResult extends Partial<Pick<PredictedRows, "rows" | "rejected" | "warnings">> {
  readonly error?: { readonly kind: ErrorKind; readonly message: string; readonly hint: string | undefined };
}

/**
 * Files that were predicted before, from the same bytes with the same model, are left out. A file that cannot be predicted
 * does not keep the others from it.
 * @throws {MlctlError} kind "notReady" when nothing is deployed, "data" where there is no file
 */
export async function predictFiles(session: Session, options: Options) {
  const { context, store, config, recordedConfig } = session;
  const loaded = await namedOrDeployed(session, options.model, "mlctl deploy, or predict with --model latest");
  const [from, to] = await placesOf(options, context.signal);
  if (from.shown === to.shown)
    throw new MlctlError("usage", `${from.shown} is the input and the output`, { hint: "name another folder with -o" });
  const warn = (message: string, hint?: string): void =>
    context.emit({ type: "warning", stage: "predict", message, ...(hint && { hint }) });
  const onLeftOut = (name: string, reason: string): void => warn(`skipped ${name}: ${reason}`);
  const inputs = await from.files({ pattern: config.ingest.pattern, other: to.shown, onLeftOut });
  if (inputs.length === 0) {
    const hint = "check the address, and ingest.pattern";
    throw new MlctlError("data", `${from.shown} has no file of rows`, { hint });
  }
  const dataset = loaded.run === null ? undefined : store.dataset(loaded.run.datasetId);
  const work: FileWork = { options, loaded, config: recordedConfig, dataset };
  const { guard, csvSafe = false } = options;
  const setting = sha256Text(JSON.stringify([loaded.sha256, guard, csvSafe, readingOptions(config, loaded.model)]));
  const notes = await openPlace(options.output, new AbortController().signal);
  const there = await to.files({ pattern: "**" });
  const state = await readState(notes);
  const done = state ?? {};
  if (state === undefined) warn(`${to.shown}${STATE} is damaged: predicting every file again`);
  const [known, stems] = [new Set(there.map(({ name }) => name)), new Set<string>()];
  const place = isBucket(options.input) ? from.shown : resolve(options.input);
  const [tasks, foreign]: [FileTask[], string[]] = [[], []];
  const failed: { file: string; kind: ErrorKind; message: string }[] = [];
  const fail = (file: string, { kind, message, hint }: NonNullable<FileResult["error"]>): void => {
    failed.push({ file, kind, message });
    warn(`${file}: ${message}`, hint);
  };
  for (const { name, version: versionOf } of inputs) {
    const version = await versionOf().catch(errorOf);
    if (typeof version !== "string") {
      fail(name, version.error);
      continue;
    }
    const stem = name.replace(/\.[a-z]+(\.gz)?$/i, "");
    const isTwin = stems.has(stem);
    stems.add(stem);
    const message = `another file has the same name without its ending`;
    const format = options.format ?? formatOf(name);
    const [output, rejects] = [`${stem}_predictions.${format}`, `${stem}_rejected.csv`];
    const before = known.has(output) ? done[output] : undefined;
    if (isTwin) fail(name, { kind: "data", message, hint: "rename one of them" });
    else if (before?.version !== `${version} ${setting}`) {
      tasks.push({ name, version, format, output, rejects, hasRejects: known.has(rejects) });
      const earlier = before?.place ?? place;
      if (earlier !== place) foreign.push(`${output} of ${earlier}`);
    }
  }
  if (foreign.length > 0)
    warn(
      `replacing predictions of another input: ${listed(foreign, MOST_DETAILS)}`,
      "give each input its own place with -o",
    );
  const own = filePool(session, work);
  // Workers elsewhere reach buckets only.
  const isShared = isBucket(options.input) && isBucket(options.output);
  const sharing = isShared ? session : { ...session, paths: { ...session.paths, shared: undefined } };
  const pool = sharedPool<FileTask, FileResult>(sharing, {
    work: { kind: "files", work },
    local: { ...own, run: (task) => own.run(task).catch(errorOf) },
    threads: 1,
    unit: "file",
    post: (task) => ({ title: task.name, task }),
  });
  const files: { file: string; output: string; rows: number; rejected: number }[] = [];
  let savedAt = performance.now();
  const one = async (task: FileTask): Promise<void> => {
    const { name, version, output } = task;
    const { error, rows = 0, rejected = 0, warnings = [] } = await pool.run(task);
    if (error !== undefined) return fail(name, error);
    for (const message of warnings) warn(`${name}: ${message}`);
    files.push({ file: name, output, rows, rejected });
    done[output] = { place, version: `${version} ${setting}` };
    const note = pool.helpers();
    const progress = { done: files.length, total: tasks.length, unit: "files", ...(note && { note }) };
    context.emit({ type: "progress", stage: "predict", ...progress });
    if (performance.now() - savedAt < SAVE_MILLISECONDS) return;
    savedAt = performance.now();
    await putJson(notes, STATE, done);
  };
  try {
    await Promise.all(tasks.map(one));
  } finally {
    await pool.close();
    // An interrupted batch goes on from here.
    if (files.length > 0) await putJson(notes, STATE, done);
  }
  const sum = (key: "rows" | "rejected"): number => files.reduce((total, each) => total + each[key], 0);
  files.sort((a, b) => (a.file < b.file ? -1 : 1));
  const skipped = inputs.length - files.length - failed.length;
  const common = { input: from.shown, output: to.shown, runId: loaded.run?.runId ?? null, modelSha256: loaded.sha256 };
  const rows = { rows: sum("rows"), rejected: sum("rejected") };
  return { ...common, ...rows, files, skipped, failed, notes: pool.note() };
}

/** Undefined where it is damaged. */
async function readState(place: JobPlace): Promise<State | undefined> {
  try {
    const state = (await getJson<unknown>(place, STATE)) ?? {};
    return typeof state === "object" && !Array.isArray(state) ? (state as State) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** One file after the other. */
function filePool(session: PredictSession, { options, loaded }: FileWork): Pool<FileTask, FileResult> {
  const { signal, emit } = session.context;
  const context = { ...session.context, emit: (event: Event) => void (event.type === "warning" && emit(event)) };
  const places = placesOf(options, signal);
  const predictOne = async ({ name, version, format, output, rejects, hasRejects }: FileTask): Promise<FileResult> => {
    const [from, to] = await places;
    signal.throwIfAborted();
    return inTemporaryFolder(async (folder) => {
      const path = await from.get(name, folder, version);
      if (path === undefined)
        throw new MlctlError("data", "it changed or was removed meanwhile", { hint: "run `mlctl predict` again" });
      const [written, rejectFile] = [join(folder, "predictions"), options.guard ? join(folder, "rejected") : null];
      const how = { format, csvSafe: options.csvSafe, rejectFile, log: null, hint: GUARD };
      const predicted = await predictFile({ ...session, context }, loaded, { path, name, output: written, ...how });
      if (predicted.rejected > 0) await to.put(rejectFile!, rejects, "text/csv");
      else if (rejectFile !== null && hasRejects) await to.remove(rejects);
      await to.put(written, output, format === "jsonl" ? "application/x-ndjson" : "text/csv");
      return predicted;
    });
  };
  let last: Promise<unknown> = places;
  return {
    run(task) {
      const result = last.then(() => predictOne(task));
      last = result.catch(() => {});
      return result;
    },
    async close() {
      await last;
    },
  };
}

const placesOf = ({ input, output }: Options, signal: AbortSignal): Promise<[FilePlace, FilePlace]> =>
  Promise.all([filePlace(input, signal), filePlace(output, signal)]);

/** For a worker; what is not the fault of the file is thrown, and tried again elsewhere. */
export function filePoolOf(workspace: Workspace, given: unknown, signal: AbortSignal): Pool<unknown, unknown> {
  const work = given as FileWork;
  const config = parseRecorded(work.config);
  if (config === undefined || ![work.options.input, work.options.output].every(isBucket))
    throw new MlctlError("data", "the work of `mlctl predict` is damaged");
  const store = { dataset: () => work.dataset };
  const context = { ...workspace.context, signal };
  const pool = filePool({ ...workspace, config, context, store }, work);
  return { ...pool, run: (task) => pool.run(task as FileTask).catch(recover(errorOf, "data")) };
}

function errorOf(error: unknown): Required<Pick<FileResult, "error">> {
  if (!(error instanceof MlctlError) || error.kind === "interrupted" || error.kind === "terminated") throw error;
  const { kind, message, details, hint } = error;
  const all = details.length === 0 ? message : `${message}: ${listed(details, MOST_DETAILS, "; ")}`;
  return { error: { kind, message: all, hint } };
}

type Event = Parameters<Workspace["context"]["emit"]>[0];
