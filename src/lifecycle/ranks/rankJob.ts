/** The files by which a training is handed to its ranks. */
import type { TrackerArguments } from "../../estimators/xgboost/engines/native/collective.ts";
import type { TrainingJob, WatchJob } from "../../estimators/xgboost/engines/engine.ts";
import { sha256Of, type JobPlace } from "./jobPlace.ts";

/** A feature file: float32 by row, then the labels, then the weights. Its name is its SHA-256. */
interface RowsFile {
  readonly sha256: string;
  readonly rowCount: number;
  readonly isWeighted: boolean;
}

type RowArrays = "rowCount" | "values" | "labels" | "weights";

export interface RankJob extends Omit<TrainingJob, RowArrays | "watch" | "margins" | "library"> {
  /** Of libxgboost, which must be the same on all machines. */
  readonly version: string;
  /** A range of the rows for each rank, in order. */
  readonly parts: readonly RowsFile[];
  /** Each rank evaluates all rows, because XGBoost would only approximate metrics such as AUC from parts. */
  readonly watch: (Omit<WatchJob, RowArrays> & { readonly rows: RowsFile }) | null;
}

/** How the ranks of one start find each other. */
export interface Meeting {
  readonly tracker: TrackerArguments;
  /** Each rank keeps a connection to it, by which each side notices the end of the other. */
  readonly presence: { readonly host: string; readonly port: number };
}

/** What the tracker prints: the meeting, then each lost rank, with its error if starting again is useless. */
export type TrackerLine = Meeting | { readonly lost: string };

/** What a rank says before it leaves in peace. */
export const DONE = "done";

export interface Attempt extends Meeting {
  readonly checkpoint: CheckpointFile | null;
}

export interface CheckpointFile {
  readonly round: number;
  readonly scores: readonly number[];
  /** Of the model, and its name. */
  readonly sha256: string;
}

export const names = {
  job: "job.json",
  checkpoint: "checkpoint.json",
  result: "result",
  attempt: (attempt: number) => `attempt-${attempt}.json`,
  sha256: (rank: number) => `rank-${rank}.sha256`,
} as const;

export async function writeJob(
  place: JobPlace,
  job: TrainingJob,
  { ranks, version }: Pick<RankJob, "version"> & { readonly ranks: number },
): Promise<void> {
  const { rounds, columnCount } = job;
  // A training that goes on from a checkpoint has to sample as if it had not been interrupted.
  const params = { ...job.params, seed_per_iteration: "true" };
  const parts: RowsFile[] = [];
  for (let rank = 0; rank < ranks; rank++) {
    const [from, to] = [rank, rank + 1].map((at) => Math.floor((job.rowCount * at) / ranks)) as [number, number];
    parts.push(await writeRows(place, job, { columnCount, from, to }));
  }
  let watch: RankJob["watch"] = null;
  if (job.watch !== undefined) {
    const { rowCount, values, labels, weights, ...settings } = job.watch;
    const rows = { rowCount, values, labels, weights };
    watch = { ...settings, rows: await writeRows(place, rows, { columnCount, from: 0, to: rowCount }) };
  }
  const { keepsModel = false } = job;
  await putJson(place, names.job, { params, rounds, columnCount, parts, watch, keepsModel, version } satisfies RankJob);
}

async function writeRows(
  place: JobPlace,
  { values, labels, weights }: Pick<TrainingJob, RowArrays>,
  { columnCount, from, to }: { readonly columnCount: number; readonly from: number; readonly to: number },
): Promise<RowsFile> {
  const arrays = [values.subarray(from * columnCount, to * columnCount), labels.subarray(from, to)];
  if (weights !== null) arrays.push(weights.subarray(from, to));
  const chunks = arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  const sha256 = sha256Of(...chunks);
  await place.put(sha256, ...chunks);
  return { sha256, rowCount: to - from, isWeighted: weights !== null };
}

export async function readJob(place: JobPlace, job: RankJob, rank: number): Promise<TrainingJob> {
  const { params, rounds, columnCount, watch, keepsModel } = job;
  const own = await readRows(place, job.parts[rank]!, columnCount);
  const common = { params, rounds, columnCount, keepsModel };
  if (watch === null) return { ...common, ...own };
  const { rows, ...settings } = watch;
  return { ...common, ...own, watch: { ...settings, ...(await readRows(place, rows, columnCount)) } };
}

async function readRows(place: JobPlace, file: RowsFile, columnCount: number): Promise<Pick<TrainingJob, RowArrays>> {
  const { rowCount, isWeighted } = file;
  const { buffer } = await getChecked(place, file.sha256);
  const numbers = (at: number, count: number): Float32Array<ArrayBuffer> => new Float32Array(buffer, at * 4, count);
  const labelsAt = rowCount * columnCount;
  return {
    rowCount,
    values: numbers(0, labelsAt),
    labels: numbers(labelsAt, rowCount),
    weights: isWeighted ? numbers(labelsAt + rowCount, rowCount) : null,
  };
}

/** @throws {Error} if the file is missing, or has other bytes than its name says */
export async function getChecked(place: JobPlace, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await place.get(sha256);
  if (bytes === undefined)
    throw new Error(`${place.address} has no ${sha256}: does this machine reach the same files?`);
  if (sha256Of(bytes) !== sha256) throw new Error(`${place.address}/${sha256} does not have the bytes of its name`);
  return bytes;
}

export function putJson(place: JobPlace, name: string, value: object): Promise<void> {
  return place.put(name, Buffer.from(JSON.stringify(value)));
}

export async function getJson<T>(place: JobPlace, name: string): Promise<T | undefined> {
  const bytes = await place.get(name);
  return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as T);
}
