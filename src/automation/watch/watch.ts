/** watch: takes dropped files one after another, predicts each and moves it away, until it is stopped or none is left. */
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds, counted, listed, oneLine } from "../../core/text/format.ts";
import { exitCodes, messageOf, MlctlError } from "../../core/errors.ts";
import { reportTroubles, type Troubles } from "../../core/troubles.ts";
import { isDiskFailure } from "../../storage/files/atomicWrite.ts";
import { deployedModel } from "../../lifecycle/loadModel.ts";
import { keepSending } from "../../lifecycle/monitor/alertDelivery.ts";
import { sendAlerts } from "../../lifecycle/monitor/monitorAlerts.ts";
import { openAlerts } from "../../lifecycle/monitor/savedAlerts.ts";
import { monitorExit, type FailOn } from "../../lifecycle/monitor/monitorRecord.ts";
import { newsOfJob, type AlertNews } from "../../core/records/alert.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { followRecords } from "../../lifecycle/followRecords.ts";
import { openClaims, type Claim, type Claims } from "./dropClaims.ts";
import { isStop, type DropResult, type DropSource } from "./dropResult.ts";
import { dropFile } from "./dropFile.ts";
import { openSource, type OpenedSource } from "./openSource.ts";

export interface WatchOptions {
  readonly once: boolean;
  readonly wait: number;
  readonly failOn: readonly FailOn[];
  readonly onResult: (result: DropResult) => void;
  readonly clock: () => number;
}

/** A file at which watchers ended this often may be why: it waits until all others are done. */
const SUSPECT_STARTS = 3;

/** @throws {MlctlError} with `once`; without it, failures are warnings, and the next poll tries again */
export async function watch(workspace: Workspace, options: WatchOptions) {
  const { config, paths, context } = workspace;
  const folder = resolve(paths.workspace, config.watch.folder);
  const unfollow = await followRecords(workspace);
  const opened = await openSource(workspace, folder, options.clock);
  const processing = resolve(folder, "processing");
  const claims = await openClaims({ processing, origin: opened.source.name, now: context.now });
  const troubles = reportTroubles(context, "watch");
  const place = `${folder} ${opened.source.name} `;
  const tools = { workspace, options, opened, place, claims, troubles };
  const round = { ...tools, results: [], unfinished: new Map(), failures: [], diskFailures: 0 };
  let stopSending: (() => Promise<void>) | undefined;
  try {
    const end = options.once ? "" : "; end with Ctrl-C";
    context.emit({ type: "stage", stage: "watch", message: `${opened.place}${end}` });
    await sendNews(round);
    if (!options.once) stopSending = keepSending(workspace);
    await rounds(round);
  } catch (error) {
    if (!isStop(error)) throw error;
  } finally {
    unfollow();
    claims.close();
    tellLeft(round);
    await stopSending?.();
  }
  return summaryOf(round.results, options.failOn);
}

interface Round {
  readonly workspace: Workspace;
  readonly options: WatchOptions;
  readonly opened: OpenedSource;
  readonly place: string;
  readonly claims: Claims;
  readonly results: DropResult[];
  readonly unfinished: Map<string, Claim>;
  /** Why a file could not be claimed or moved away; reported at once, and at the end of --once. */
  readonly failures: unknown[];
  readonly troubles: Troubles;
  diskFailures: number;
}

const NAMED_FILES = 5;

const [DISK, LOOK, LOG] = ["disk", "look", "log"];

async function rounds(round: Round): Promise<void> {
  const { workspace, options, opened, troubles } = round;
  const { context, config } = workspace;
  const [poll, settle] = [milliseconds(config.watch.poll), milliseconds(config.watch.settle)];
  while (!context.signal.aborted) {
    const { taken, arriving, undecided } = await look(round).catch((error: unknown) => {
      if (options.once || isStop(error)) throw error;
      if (isDiskFailure(error)) troubles.begin(DISK, "files wait", messageOf(error));
      else troubles.begin(LOOK, "files wait", error);
      return { taken: 0, arriving: 0, undecided: 0 };
    });
    // With --once, it looks again until all files that stayed unchanged are done.
    if (options.once && taken === 0 && undecided === 0) {
      const message = `${counted(arriving, "file")} ${arriving === 1 ? "is" : "are"} still being written and left for the next time`;
      if (arriving > 0) context.emit({ type: "warning", stage: "watch", message });
      const failure = round.failures[0] ?? opened.failure();
      if (failure !== undefined) throw failure;
      return;
    }
    if (taken > 0) continue;
    await sleep(arriving > 0 ? Math.min(poll, settle) : poll, undefined, { signal: context.signal });
  }
}

async function look(round: Round) {
  const { workspace, opened, claims, unfinished, troubles, diskFailures } = round;
  const { signal } = workspace.context;
  if (deployedModel(workspace.paths) === undefined) {
    throw new MlctlError("notReady", "no model is deployed: files are left where they are", { hint: "mlctl deploy" });
  }
  await opened.refresh();
  let taken = 0;
  const own = [...unfinished.values()];
  const left = [...own, ...(await claims.takeOver())];
  const goOn = async (some: readonly Claim[]): Promise<void> => {
    for (const claim of some)
      if (!signal.aborted) taken += await finish(round, own.includes(claim) ? claim : claims.begin(claim));
  };
  await goOn(left.filter(({ starts }) => starts < SUSPECT_STARTS));
  const { drops, arriving, undecided } = await opened.source.ready();
  for (const drop of drops) {
    if (signal.aborted) break;
    try {
      const claim = await claims.reserve(drop, (name) => opened.source.isTaken(name));
      if (claim === undefined) continue;
      if (await fetched(opened.source, claims, claim)) taken += await finish(round, claim);
    } catch (error) {
      noteFailure(round, `${drop.given} could not be claimed`, error);
      // The others would not fit either.
      if (isDiskFailure(error)) break;
    }
  }
  await goOn(left.filter(({ starts }) => starts >= SUSPECT_STARTS));
  troubles.end(LOOK, () => "files are processed again");
  if (round.diskFailures === diskFailures)
    troubles.end(DISK, () => "the disk can be written again: files are processed");
  return { taken, arriving, undecided };
}

async function fetched(source: DropSource, claims: Claims, claim: Claim): Promise<boolean> {
  let isHere = false;
  try {
    isHere = await source.fetch(claim);
    return isHere;
  } finally {
    if (!isHere) claims.release(claim);
  }
}

async function finish(round: Round, claim: Claim): Promise<number> {
  const { workspace, options, opened, claims, unfinished } = round;
  unfinished.set(claim.folder, claim);
  try {
    const work = { source: opened.source, wait: options.wait, clock: options.clock };
    const result = await dropFile(workspace, claim, work);
    claims.release(claim);
    unfinished.delete(claim.folder);
    if (result === undefined) return 0;
    round.results.push(result);
    noteLogged(round, result);
    options.onResult(result);
    await sendNews(round, result);
    return 1;
  } catch (error) {
    noteFailure(round, `${claim.given} could not be put away yet`, error);
    return 0;
  }
}

/** Each rejected file is an alert of its own, until one of its name is processed or it is taken out of errored. */
async function sendNews(round: Round, result?: DropResult): Promise<void> {
  const { workspace, opened, place } = round;
  if (workspace.config.alerts.length === 0) return;
  const of = { source: "watch", createdAt: workspace.context.now().toISOString() };
  try {
    const news = result === undefined ? [] : [newsOf(result, place)];
    const before = (await openAlerts(workspace)).alerts.filter(
      ({ source, name, cause }) => source === "watch" && name !== result?.file && cause?.startsWith(place) !== false,
    );
    for (const { name } of before) {
      if (await opened.source.isErrored(name)) continue;
      news.push(newsOfJob({ ...of, name }, { isFine: true, message: "is no longer in errored" }));
    }
    await sendAlerts(workspace, news);
  } catch (error) {
    noteFailure(round, result === undefined ? "alerts are not sent" : `no alert about ${result.file}`, error);
  }
}

function newsOf({ at, file, name, error, log }: DropResult, place: string): AlertNews {
  const message = oneLine(error === null ? "was processed" : `was rejected: ${error.message}; see ${log}`);
  const of = { source: "watch", name: oneLine(file), createdAt: at };
  return newsOfJob(of, { isFine: error === null, message, cause: `${place}${name}` });
}

/** One file that is in the way does not stop the others. */
function noteFailure(round: Round, what: string, error: unknown): void {
  if (isStop(error)) throw error;
  if (round.failures.length === 0) round.failures.push(error);
  if (!isDiskFailure(error)) return round.troubles.begin(what, what, error);
  round.diskFailures++;
  round.troubles.begin(DISK, `${what}, it and others wait`, messageOf(error));
}

function noteLogged({ troubles }: Round, { name, logged, logProblem }: DropResult): void {
  // A result that an earlier version stored has none.
  if (typeof logProblem === "string") troubles.begin(LOG, name, logProblem);
  else if (logged !== null) troubles.end(LOG, () => "predictions are logged again");
}

function tellLeft({ workspace, troubles, results, unfinished }: Round): void {
  troubles.close();
  const warn = (message: string): void =>
    workspace.context.emit({ type: "warning", stage: "watch", message, again: true });
  const unlogged = results.reduce((total, { rows, logged }) => total + rows - (logged ?? rows), 0);
  const reason = results.findLast(({ logProblem }) => typeof logProblem === "string")?.logProblem;
  if (unlogged > 0)
    warn(`${counted(unlogged, "prediction")} ${unlogged === 1 ? "was" : "were"} not logged; the last time: ${reason}`);
  const names = [...unfinished.values()].map(({ given }) => given);
  if (names.length > 0)
    warn(
      `${listed(names, NAMED_FILES)} ${names.length === 1 ? "waits" : "wait"} in processing: the next watcher continues`,
    );
}

/** A file in errored is bad data; else what monitoring found, as asked with --fail-on. */
function summaryOf(results: readonly DropResult[], failOn: readonly FailOn[]) {
  const rejected = results.flatMap(({ file, error }) =>
    error === null ? [] : [`${oneLine(file)}: ${oneLine(error.message)}`],
  );
  const errored = rejected.length;
  const judged = results.filter(({ monitoring }) => monitoring !== null);
  const exitCode = errored > 0 ? exitCodes.data : judged.length === 0 ? 0 : monitorExit(judged, failOn);
  return { processed: results.length - errored, errored, rejected, exitCode };
}
