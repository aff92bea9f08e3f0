/** `train.distributed`: starts the processes that train one model together, and starts them again if one is killed. */
import { availableParallelism, networkInterfaces } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Config } from "../../config/schema/schema.ts";
import { MlctlError } from "../../core/errors.ts";
import type { FitOptions } from "../../core/estimator.ts";
import { projectRoot } from "../../core/projectRoot.ts";
import { nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import type { TrainingJob } from "../../estimators/xgboost/engines/engine.ts";
import { temporaryPath } from "../../storage/files/atomicWrite.ts";
import type { Workspace } from "../workspace.ts";
import { openPlace, sha256Of, type JobPlace } from "./jobPlace.ts";
import {
  getJson,
  names,
  putJson,
  writeJob,
  type Attempt,
  type CheckpointFile,
  type Meeting,
  type TrackerLine,
} from "./rankJob.ts";
import { startProcess, type StartedProcess } from "./startProcess.ts";

/** In a row without a new checkpoint. */
const MOST_RESTARTS = 3;

type RankSettings = NonNullable<Config["train"]["distributed"]>;

/** @returns what training in one process would return */
export async function trainInRanks(
  job: TrainingJob,
  workspace: Workspace,
  { settings, ...hooks }: Pick<FitOptions, "signal" | "onProgress"> & { readonly settings: RankSettings },
): Promise<Uint8Array> {
  const { context, paths } = workspace;
  const { ranks, launch } = settings;
  const { bucket, models, workspace: cwd } = paths;
  const address =
    bucket === undefined
      ? temporaryPath(join(models, "ranks"))
      : `s3://${bucket.name}/${bucket.prefix}ranks/${randomUUID()}`;
  const { signal = context.signal } = hooks;
  const place = await openPlace(address, signal);
  const version = (await nativeLibraries()).used!.version;
  try {
    await writeJob(place, launch === null ? sharingCores(job, ranks) : job, { ranks, version });
    let checkpoint: CheckpointFile | null = null;
    const onRound = (round: number): void => hooks.onProgress?.(round / job.rounds);
    const common = { library: job.library!, settings, cwd, signal, onRound };
    for (let [attempt, vain] = [1, 0]; ; attempt++) {
      const end = await run(place, { ...common, attempt, checkpoint });
      signal.throwIfAborted();
      if (end === undefined) return await resultOf(place, ranks);
      const last: CheckpointFile | null = (await getJson<CheckpointFile>(place, names.checkpoint)) ?? null;
      vain = (last?.round ?? 0) > (checkpoint?.round ?? 0) ? 0 : vain + 1;
      checkpoint = last;
      if (vain > MOST_RESTARTS) throw failure(end);
      const message = `a process of the distributed training ended (${end}); all start again from round ${last?.round ?? 0}`;
      context.emit({ type: "warning", stage: "train", message, again: true });
    }
  } finally {
    // What is left is removed by a later command; the result is worth more.
    await place.remove().catch(() => undefined);
  }
}

function failure(reason: string): MlctlError {
  const hint = "without train.distributed, the model is fitted in one process";
  return new MlctlError("failure", `the distributed training failed: ${reason}`, { hint });
}

/** All cores for one process would be too many for several; the number does not change the trees. */
function sharingCores(job: TrainingJob, ranks: number): TrainingJob {
  if (job.params["nthread"] !== "0") return job;
  const nthread = String(Math.max(1, Math.floor(availableParallelism() / ranks)));
  return { ...job, params: { ...job.params, nthread } };
}

interface Start extends Pick<Attempt, "checkpoint"> {
  readonly attempt: number;
  readonly library: string;
  readonly settings: RankSettings;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly onRound: (round: number) => void;
}

/** Starts all ranks once. @returns why they ended; undefined if they are done */
async function run(place: JobPlace, start: Start): Promise<string | undefined> {
  const { attempt, checkpoint, library, settings, cwd, signal, onRound } = start;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const own = settings.launch === null ? undefined : addresses.find((each) => each.family === "IPv4" && !each.internal);
  const host = settings.tracker_host ?? own?.address ?? "127.0.0.1";
  const words = JSON.stringify({ library, ranks: settings.ranks, host });
  const started: StartedProcess[] = [];
  const stop = Promise.withResolvers<string>();
  const abort = (): void => stop.resolve("interrupted");
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    const opened = Promise.withResolvers<Meeting>();
    const tracker = startProcess([process.execPath, entry, "tracker", words], {
      onLine(text) {
        const line = JSON.parse(text) as TrackerLine;
        if (!("lost" in line)) opened.resolve(line);
        else if (line.lost === "") stop.resolve("a rank is gone");
        else stop.reject(failure(line.lost));
      },
    });
    started.push(tracker);
    const noTracker = tracker.ended.then((reason) => `the tracker ended: ${reason ?? "exit code 0"}`);
    const meeting = await Promise.race([opened.promise, noTracker, stop.promise]);
    if (typeof meeting === "string") return meeting;
    await putJson(place, names.attempt(attempt), { ...meeting, checkpoint } satisfies Attempt);
    const onLine = (line: string): void => {
      const round = /^(?:\d+: *)?round (\d+)$/.exec(line)?.[1];
      if (round !== undefined) onRound(Number(round));
    };
    const ranks = commandsOf(settings, place.address, attempt).map((each) => startProcess(each, { onLine, cwd }));
    started.push(...ranks);
    const done = Promise.withResolvers<undefined>();
    void Promise.all(ranks.map(({ ended }) => ended)).then(() => done.resolve(undefined));
    const failed = ranks.map(({ ended }) => ended.then((reason) => reason ?? done.promise));
    return await Promise.race([stop.promise, noTracker, ...failed]);
  } finally {
    signal.removeEventListener("abort", abort);
    await Promise.all(started.map((each) => each.stop()));
  }
}

const entry = fileURLToPath(new URL("dist/app/rank.js", projectRoot));

/**
 * "Start rank r of n with this job": anything that starts processes may run these words on any machine that reaches `address`
 * and has mlctl at the same path. Words are started as they are, a string by a shell.
 */
function commandsOf({ launch, ranks }: RankSettings, address: string, attempt: number): (string | string[])[] {
  const words = [process.execPath, entry, address, String(attempt)];
  const numbers = Array.from({ length: ranks }, (_, rank) => String(rank));
  if (launch === null) return numbers.map((rank) => [...words, rank]);
  const line = (own: readonly string[]): string =>
    launch.replaceAll("{ranks}", String(ranks)).replaceAll("{command}", () => own.map(quoted).join(" "));
  if (!launch.includes("{rank}")) return [line(words)];
  return numbers.map((rank) => line([...words, rank]).replaceAll("{rank}", rank));
}

function quoted(word: string): string {
  return process.platform === "win32" ? `"${word}"` : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** @throws {MlctlError} if the ranks do not agree on the result */
async function resultOf(place: JobPlace, ranks: number): Promise<Uint8Array> {
  const result = await place.get(names.result);
  if (result === undefined) throw failure("rank 0 left no result");
  for (let rank = 0; rank < ranks; rank++) {
    const sha256 = new TextDecoder().decode(await place.get(names.sha256(rank)));
    if (sha256 === sha256Of(result)) continue;
    throw failure(`rank ${rank} ${sha256 === "" ? "left no result" : "has another result than rank 0"}`);
  }
  return result;
}
