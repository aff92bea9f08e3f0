/** The settings of config.json by which a window is judged. */
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../config/schema/schema.ts";
import { costsOfRows } from "../../core/costs.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Run } from "../../core/records/lineage.ts";
import { milliseconds, MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { JudgeOptions } from "../../monitoring/judgeWindow.ts";
import { sha256Text } from "../../storage/files/workspacePaths.ts";
import type { LoadedModel } from "../loadModel.ts";
import { costsOf, costUnit, decidingMetric, driftOptions } from "../settings.ts";

export type MonitorSettings = Omit<JudgeOptions, "reference" | "end">;

export function monitorSettings(
  config: Config,
  { model, run }: LoadedModel,
  segments?: readonly string[],
): MonitorSettings {
  const { monitor, train } = config;
  const { task } = model.signature.target;
  const metric = decidingMetric(config, task);
  for (const name of Object.keys(monitor.require)) findMetric(name, task);
  const { freshness, ...quality } = monitor.quality;
  return {
    model,
    drift: { ...driftOptions(config), minimumRows: monitor.minimum_rows, failOn: monitor.drift.fail_on },
    quality: {
      ...quality,
      freshnessDays: freshness === undefined ? undefined : milliseconds(freshness) / MILLISECONDS_A_DAY,
    },
    performance: {
      metric,
      reference: run?.score?.metrics[metric] ?? null,
      referenceInterval: run?.score?.intervals[metric] ?? null,
      require: monitor.require,
      confidence: monitor.confidence,
      money: moneyOf(config, run),
    },
    segments: segments ?? monitor.segments,
    segmentRows: monitor.segment_rows,
    minimumRows: monitor.minimum_rows,
    seed: train.seed,
  };
}

/** Of two classes, the test rows by today's costs; else what they cost by other `costs` is nothing to compare with. */
function moneyOf(config: Config, run: Run | null): MonitorSettings["performance"]["money"] {
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
