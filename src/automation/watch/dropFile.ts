/** Handles one claimed file: predicts it, monitors it, and decides where it goes. */
import { appendFileSync, existsSync, lstatSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { milliseconds, present, oneLine } from "../../core/text/format.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { atomicWrite, ensureFolder, isDiskFailure, writeFailure } from "../../storage/files/atomicWrite.ts";
import { predictDrop, PREDICTIONS, REJECTED, type Say } from "./predictDrop.ts";
import type { Claim } from "./dropClaims.ts";
import {
  isStop,
  isTransient,
  dropError,
  dropMonitoring,
  type DropResult,
  type DropSource,
  type Move,
  type Outcome,
} from "./dropResult.ts";
import { nameBehind, stemOf, tableEnding } from "./dropNames.ts";

export interface DropWork {
  readonly source: DropSource;
  readonly wait: number;
  readonly clock: () => number;
}

/** A file during which the process ended this often goes to errored: it may be the cause. */
const MOST_STARTS = 50;

const OUTCOME = "outcome.json";

/** Throws only where the result could not be stored, or on the signal while it waits: the next call then continues. */
export async function dropFile(workspace: Workspace, claim: Claim, work: DropWork): Promise<DropResult | undefined> {
  const { source } = work;
  const { context } = workspace;
  const say = logger(source.logPath(claim.name), context.now);
  const outcomePath = join(claim.folder, OUTCOME);
  if (!existsSync(outcomePath)) {
    if (!existsSync(claim.original)) return undefined;
    const again = claim.starts > 1 ? `, start ${claim.starts}: the one before did not end` : "";
    say(`claimed ${claim.given}${claim.name === claim.given ? "" : ` as ${claim.name}`}${again}`);
    const outcome = await decide(workspace, claim, { ...work, say });
    atomicWrite(outcomePath, `${JSON.stringify(outcome, null, 2)}\n`);
  }
  const outcome = JSON.parse(readFileSync(outcomePath, "utf8")) as Outcome<DropResult>;
  say(`${outcome.status}: ${outcome.moves.map(({ to }) => to).join(", ")}`);
  const places = await source.publish(claim, outcome, source.logPath(claim.name));
  const placeOf = (from: string): string | null => {
    const place = places.get(from);
    return place === undefined ? null : `${outcome.status}/${place}`;
  };
  return { ...outcome.result, output: placeOf(PREDICTIONS), rejectFile: placeOf(REJECTED) };
}

function logger(path: string, now: () => Date): Say {
  ensureFolder(dirname(path));
  return (message) => {
    try {
      appendFileSync(path, `${now().toISOString()} ${oneLine(message)}\n`);
    } catch (error) {
      throw writeFailure(error, path);
    }
  };
}

type Work = DropWork & { readonly say: Say };

async function decide(workspace: Workspace, claim: Claim, work: Work): Promise<Outcome<DropResult>> {
  const { clock, say } = work;
  const { retries, retry_delay } = workspace.config.watch;
  const started = clock();
  const base = {
    file: claim.given,
    name: claim.name,
    at: workspace.context.now().toISOString(),
    log: `logs/${nameBehind(claim.name, ".log")}`,
    output: null,
    rejectFile: null,
  };
  const seconds = (): number => Math.round(clock() - started) / 1000;
  for (let attempt = 1; ; attempt++) {
    try {
      refuseHopeless(claim);
      const isLast = attempt > retries;
      const predicted = await predictDrop(workspace, claim, { ...work, isLast });
      return processed(workspace, claim, predicted, { ...base, attempts: attempt, seconds: seconds() });
    } catch (error) {
      // The file waits until the disk can be written again.
      if (isStop(error) || isDiskFailure(error)) throw error;
      if (isTransient(error) && attempt <= retries) {
        const delay = milliseconds(retry_delay);
        say(`attempt ${attempt} failed: ${messageOf(error)}; again in ${delay / 1000} s`);
        await sleep(delay, undefined, { signal: workspace.context.signal });
        continue;
      }
      const failed = dropError(error);
      present([failed.message, ...failed.details, failed.hint && `hint: ${failed.hint}`]).forEach(say);
      const end = { attempts: attempt, seconds: seconds(), status: "errored" as const, error: failed };
      return { status: "errored", moves: [originalMove(claim)], result: { ...base, ...nothing, ...end } };
    }
  }
}

const noRows = { rows: 0, rejected: 0, logged: null, logProblem: null, warnings: [] };
const nothing = { runId: null, modelVersion: null, monitoring: null, failed: [], warned: [], unjudged: [], ...noRows };

function refuseHopeless({ original, given, starts }: Claim): void {
  if (!lstatSync(original).isFile()) {
    throw new MlctlError("data", `${given} is a link`, { hint: "drop the file itself: links are not followed" });
  }
  if (tableEnding(given) === undefined) {
    throw new MlctlError("data", `${given} is not a CSV, TSV, JSON, JSON lines or Parquet file`, {
      hint: "convert it; `watch.pattern` sets which files are taken",
    });
  }
  if (starts > MOST_STARTS) {
    throw new MlctlError("data", `${given} ended the process ${starts - 1} times`, {
      hint: "it may be too large for the memory of this machine: drop it in parts",
    });
  }
}

type Base = Pick<DropResult, "file" | "name" | "at" | "log" | "output" | "rejectFile" | "attempts" | "seconds">;

function processed(
  { config }: Workspace,
  claim: Claim,
  { loaded, predicted, monitored, warnings }: Awaited<ReturnType<typeof predictDrop>>,
  base: Base,
): Outcome<DropResult> {
  const { run, sha256 } = loaded;
  const model = config.name.replace(/[^\p{L}\p{N}._-]+/gu, "_");
  const version = run?.modelVersion ?? null;
  const suffix = `_predictions_${model}_${version === null ? sha256.slice(0, 12) : `v${version}`}.csv`;
  const stem = stemOf(claim.name);
  const moves: Move[] = [{ from: PREDICTIONS, to: nameBehind(stem, suffix) }];
  if (predicted.rejected > 0) moves.push({ from: REJECTED, to: nameBehind(stem, "_rejected.csv") });
  const window = monitored?.windows.at(-1);
  const result: DropResult = {
    ...base,
    ...predicted,
    status: "processed",
    runId: run?.runId ?? null,
    modelVersion: version,
    monitoring: monitored === null ? null : dropMonitoring(monitored),
    failed: window?.failed ?? [],
    warned: window?.warned ?? [],
    unjudged: window?.unjudged ?? [],
    warnings,
    error: null,
  };
  return { status: "processed", moves: [...moves, originalMove(claim)], result };
}

function originalMove({ original, name }: Claim): Move {
  return { from: basename(original), to: name };
}
