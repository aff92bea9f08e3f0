/** Predicts a dropped file with the deployed model and compares it with the reference data. */
import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import { counted } from "../../core/text/format.ts";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { namedOrDeployed, type LoadedModel } from "../../lifecycle/loadModel.ts";
import { monitor, tellNews, type MonitorResult } from "../../lifecycle/monitor/monitor.ts";
import { withValues } from "../../config/unsetValues.ts";
import { predictFile, UNUSUAL } from "../../lifecycle/predict/predict.ts";
import { reading, writing, type Session } from "../../lifecycle/session.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { folderFailure } from "../../storage/files/atomicWrite.ts";
import { sha256Text } from "../../storage/files/workspacePaths.ts";
import { predictionLogPath } from "../../storage/predictionLog/logReader.ts";
import type { Claim } from "./dropClaims.ts";
import { isStop, isTransient } from "./dropResult.ts";

export type Say = (message: string) => void;

export const PREDICTIONS = "predictions.csv";
export const REJECTED = "rejected.csv";

interface DropTools {
  readonly say: Say;
  /** For the lock of the workspace, in milliseconds. */
  readonly wait: number;
}

/** A signal only ends waiting, not the work. @throws {MlctlError} kind "data" if the file is the cause */
export async function predictDrop(workspace: Workspace, claim: Claim, work: DropTools & { readonly isLast: boolean }) {
  const { say } = work;
  const { watch: settings, serve } = workspace.config;
  const warnings = new Set<string>();
  const context: Workspace["context"] = {
    ...workspace.context,
    signal: new AbortController().signal,
    emit: (event) => void (event.type === "warning" && warnings.add(event.message)),
  };
  const before = stateOf(claim.original);
  const { loaded, predicted } = await reading({ ...workspace, context }, async (session) => {
    const deployed = await deployedOf(session);
    const log = settings.log ? { source: "watch" as const, nextId: idsOf(claim) } : null;
    const rejectFile = settings.guard ? join(claim.folder, REJECTED) : null;
    const output = join(claim.folder, PREDICTIONS);
    const predictionColumn = settings.response_key ?? serve.response_key ?? "prediction";
    const hint = `correct them and drop the file again; \`watch.guard\` rejects them and ${UNUSUAL}, and predicts the others`;
    const request = { path: claim.original, name: claim.given, output, predictionColumn, rejectFile, log, hint };
    return { loaded: deployed, predicted: await predictFile(session, deployed, request) };
  });
  // Rows have the same ids the next time: the log keeps each once.
  if (predicted.logProblem !== null) {
    const log = predictionLogPath(workspace.paths.database);
    const failure = folderFailure(dirname(log), log);
    if (failure !== undefined || !work.isLast) throw failure ?? new MlctlError("failure", predicted.logProblem);
  }
  const { run, sha256 } = loaded;
  say(
    `predicted ${counted(predicted.rows, "row")} with ${run === null ? `model ${sha256.slice(0, 12)}` : `run ${run.runId}`}`,
  );
  if (predicted.rejected > 0)
    say(`${counted(predicted.rejected, "row")} ${predicted.rejected === 1 ? "was" : "were"} rejected`);
  const monitored =
    settings.monitor && predicted.rows > 0
      ? await monitorDrop({ ...workspace, context }, claim, { ...work, loaded, stop: workspace.context.signal })
      : null;
  const hint = "a longer `watch.settle` waits";
  if (stateOf(claim.original) !== before)
    throw new MlctlError("failure", `${claim.given} was still being written`, { hint });
  const all = [...predicted.warnings, ...warnings];
  for (const message of all) say(`warning: ${message}`);
  return { loaded, predicted, monitored, warnings: all };
}

/** A damaged model is a failure, not an error of the file. */
async function deployedOf(session: Session): Promise<LoadedModel> {
  try {
    return await namedOrDeployed(session, undefined, "mlctl deploy");
  } catch (cause) {
    const known = cause instanceof MlctlError ? cause : undefined;
    if (known?.kind === "notReady") throw cause;
    throw new MlctlError("failure", messageOf(cause), { hint: known?.hint, cause });
  }
}

/** A drop has the same ids each time it is started: the log keeps each row once. */
function idsOf({ claimedAt, nonce }: Claim): () => string {
  const time = Date.parse(claimedAt).toString(16).padStart(11, "0");
  const prefix = time + sha256Text(nonce).slice(0, 8);
  let count = 0;
  return () => prefix + (count++).toString(16).padStart(8, "0");
}

function stateOf(path: string): string {
  const { size, mtimeMs } = lstatSync(path);
  return `${size} ${mtimeMs}`;
}

/** A failure to monitor is a warning: the predictions stay. */
async function monitorDrop(
  workspace: Workspace,
  { original, name }: Claim,
  { say, wait, loaded, stop }: DropTools & { readonly loaded: LoadedModel; readonly stop: AbortSignal },
): Promise<MonitorResult | null> {
  const monitoring = withValues(workspace.config.monitor, { window: "file" });
  const config = withValues(workspace.config, { monitor: monitoring });
  const waiting = { ...workspace, config, context: { ...workspace.context, signal: stop } };
  try {
    const judged = await writing(waiting, { command: "mlctl watch", waitMs: wait }, (session) =>
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
  const scores = Object.entries(performance.metrics).map(([metric, value]) => `${metric} ${value?.toFixed(3) ?? "-"}`);
  return window.labelled === 0 ? "no labels" : scores.join(" ");
}
