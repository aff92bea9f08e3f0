/** Answers a dropped file with the deployed model and holds it against the reference, through the steps of lifecycle. */
import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { answerFile, type AnsweredFile } from "../../lifecycle/predict/answerFile.ts";
import { loadDeployed, type LoadedModel } from "../../lifecycle/loadModel.ts";
import { monitor, tellNews, type MonitorResult } from "../../lifecycle/monitor/monitor.ts";
import { reading, writing } from "../../lifecycle/session.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import type { Claim } from "./dropClaims.ts";
import { isStop, isTransient, messageOf } from "./dropErrors.ts";

export interface DropSettings {
  readonly responseKey: string;
  readonly guard: boolean;
  readonly monitor: boolean;
  readonly log: boolean;
  readonly retries: number;
  /** Milliseconds. */
  readonly retryDelay: number;
  /** For the workspace's lock, in milliseconds. */
  readonly wait: number;
}

/** A line in the drop's log. */
export type Say = (message: string) => void;

/** Files in the claim's folder. */
export const PREDICTIONS = "predictions.csv";
export const REJECTED = "rejected.csv";

interface Answering {
  readonly settings: DropSettings;
  readonly say: Say;
}

export interface AnsweredDrop {
  readonly loaded: LoadedModel;
  readonly answered: AnsweredFile;
  readonly monitored: MonitorResult | null;
  readonly warnings: readonly string[];
}

/**
 * Predictions lie in the claim's folder then. The file is finished whatever signal comes: only waiting is cut short.
 * @throws {MlctlError} kind "data" where the file cannot be answered; "failure", "busy", "notReady" where we cannot
 */
export async function answerDrop(workspace: Workspace, claim: Claim, work: Answering): Promise<AnsweredDrop> {
  const { settings, say } = work;
  const warnings = new Set<string>();
  const context: Workspace["context"] = {
    ...workspace.context,
    signal: new AbortController().signal,
    emit: (event) => void (event.type === "warning" && warnings.add(event.message)),
  };
  const before = stateOf(claim.original);
  const { loaded, answered } = await reading({ ...workspace, context }, async (session) => {
    const deployed = deployedOf(() => loadDeployed(session));
    const log = settings.log ? { source: "watch" as const, nextId: idsOf(claim) } : null;
    const rejectFile = settings.guard ? join(claim.folder, REJECTED) : null;
    const output = join(claim.folder, PREDICTIONS);
    const { responseKey } = settings;
    const request = { path: claim.original, name: claim.given, output, responseKey, rejectFile, log };
    return { loaded: deployed, answered: await answerFile(session, deployed, request) };
  });
  const { run, sha256 } = loaded;
  say(`answered ${answered.rows} rows with ${run === null ? `model ${sha256.slice(0, 12)}` : `run ${run.runId}`}`);
  if (answered.rejected > 0) say(`${answered.rejected} rows were set aside`);
  const monitored =
    settings.monitor && answered.rows > 0
      ? await monitorDrop({ ...workspace, context }, claim, { ...work, loaded, stop: workspace.context.signal })
      : null;
  if (stateOf(claim.original) !== before) {
    throw new MlctlError("failure", `${claim.given} was still being written`, {
      hint: "a longer `watch.settle` waits",
    });
  }
  const all = [...answered.warnings, ...warnings];
  for (const message of all) say(`warning: ${message}`);
  return { loaded, answered, monitored, warnings: all };
}

/** A damaged model is not the file's fault. */
function deployedOf(load: () => LoadedModel | undefined): LoadedModel {
  try {
    const loaded = load();
    if (loaded !== undefined) return loaded;
  } catch (error) {
    throw new MlctlError("failure", messageOf(error), {
      hint: error instanceof MlctlError ? error.hint : undefined,
      cause: error,
    });
  }
  throw new MlctlError("notReady", "no model is deployed", { hint: "mlctl deploy" });
}

/** The same drop has the same ids, however often it is begun: the log keeps each row once. */
function idsOf({ claimedAt, nonce }: Claim): () => string {
  const time = Date.parse(claimedAt).toString(16).padStart(11, "0");
  const prefix = time + createHash("sha256").update(nonce).digest("hex").slice(0, 8);
  let count = 0;
  return () => prefix + (count++).toString(16).padStart(8, "0");
}

function stateOf(path: string): string {
  const { size, mtimeMs } = lstatSync(path);
  return `${size} ${mtimeMs}`;
}

interface Monitoring extends Answering {
  readonly loaded: LoadedModel;
  readonly stop: AbortSignal;
}

/** What cannot be judged does not take the answers away. */
async function monitorDrop(
  workspace: Workspace,
  { original, name }: Claim,
  { settings, say, loaded, stop }: Monitoring,
): Promise<MonitorResult | null> {
  const config = { ...workspace.config, monitor: { ...workspace.config.monitor, window: "file" } };
  const waiting = { ...workspace, config, context: { ...workspace.context, signal: stop } };
  try {
    const judged = await writing(waiting, { command: "mlctl watch", waitMs: settings.wait }, (session) =>
      monitor(
        { ...session, context: { ...workspace.context, now: session.context.now } },
        { files: [original], calledAs: name, model: loaded.run?.runId },
      ),
    );
    const result = await tellNews(workspace, judged);
    const { share, limit } = result.drift.dataset;
    say(`monitoring ${result.status}: drift share ${share ?? "unknown"} (limit ${limit}), ${scoresText(result)}`);
    for (const { area, name: finding, status, message } of result.findings)
      if (status === "fail" || status === "warn") say(`${status} ${area}: ${finding}: ${message}`);
    for (const { channel, subject, status } of result.alerts) say(`alert ${status} to ${channel}: ${subject}`);
    return result;
  } catch (error) {
    if (isStop(error) || isTransient(error)) throw error;
    workspace.context.emit({ type: "warning", stage: "watch", message: `not monitored: ${messageOf(error)}` });
    return null;
  }
}

function scoresText({ performance, window }: MonitorResult): string {
  if (window.labelled === 0) return "no labels";
  return Object.entries(performance.metrics)
    .map(([metric, value]) => `${metric} ${value === null ? "-" : value.toFixed(3)}`)
    .join(" ");
}
