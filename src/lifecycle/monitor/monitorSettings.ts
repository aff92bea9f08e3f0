/** Turns `monitor` of config.json into the settings that judge a window. */
import type { Config } from "../../config/schema/schema.ts";
import { milliseconds, MILLISECONDS_A_DAY } from "../../core/text/duration.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { JudgeOptions } from "../../monitoring/judgeWindow.ts";
import { sha256Text } from "../../storage/files/sha256.ts";
import { decidingMetric, driftOptions } from "../settings.ts";
import type { LoadedModel } from "../loadModel.ts";

export type MonitorSettings = Omit<JudgeOptions, "reference" | "end">;

/** @param segments columns to use instead of `monitor.segments` */
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
    },
    segments: segments ?? monitor.segments,
    segmentRows: monitor.segment_rows,
    minimumRows: monitor.minimum_rows,
    seed: train.seed,
  };
}

/** Hash of the settings that affect a result. Other settings make another record. */
export function settingsHash({ monitor, serve, target }: Config, segments: readonly string[]): string {
  const { window: _window, step: _step, retrain_on: _retrain, ...rest } = monitor;
  return sha256Text(JSON.stringify({ ...rest, segments, round: serve.round, target }));
}
