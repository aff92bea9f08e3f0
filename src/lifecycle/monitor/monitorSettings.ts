/** The settings of config.json by which a window is judged. */
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../config/schema/schema.ts";
import { costsOfRows } from "../../core/costs.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Run } from "../../core/records/lineage.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { JudgeOptions } from "../../monitoring/judgeOptions.ts";
import { sha256Text } from "../../storage/files/workspacePaths.ts";
import type { LoadedModel } from "../loadModel.ts";
import { costsOf, costUnit, decidingMetric, driftOptions } from "../settings.ts";

export type MonitorSettings = Omit<JudgeOptions, "reference" | "end">;

export function monitorSettings(
  config: Config,
  { model, run }: LoadedModel,
  segments = config.monitor.segments as readonly string[],
): MonitorSettings {
  const { task } = model.signature.target;
  const metric = decidingMetric(config, task);
  for (const name of Object.keys(config.monitor.require)) findMetric(name, task);
  return {
    model,
    drift: driftOptions(config),
    monitor: { ...config.monitor, segments },
    metric,
    test: { value: run?.score?.metrics[metric] ?? null, interval: run?.score?.intervals[metric] ?? null },
    money: moneyOf(config, run),
    seed: config.train.seed,
  };
}

/** Of two classes, the test rows by today's costs; else what they cost by other `costs` is nothing to compare with. */
function moneyOf(config: Config, run: Run | null): MonitorSettings["money"] {
  const [costs, unit] = [costsOf(config), costUnit(config)];
  if (costs === undefined || unit === null) return undefined;
  const score = run?.score;
  const isSame = isDeepStrictEqual((run?.config as JsonObject | undefined)?.["costs"], config.costs);
  const known = score?.confusionMatrix ? costsOfRows(score.confusionMatrix, costs)?.model : undefined;
  return { costs, unit, reference: known ?? (isSame ? score?.metrics["cost"] : null) ?? null };
}

/** Hash of the settings that affect a result. Other settings make another record. */
export function settingsHash({ monitor, serve, target, costs }: Config, segments: readonly string[]): string {
  const { window: _window, step: _step, retrain_on: _retrain, ...rest } = monitor;
  const money = costs === null ? {} : { costs };
  return sha256Text(JSON.stringify({ ...rest, segments, round: serve.round, target, ...money }));
}
