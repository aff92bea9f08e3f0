/** How drift is tested here, from `monitor.drift` of config.json. */
import type { Config } from "../config/schema.ts";
import type { DriftOptions } from "../monitoring/driftReport.ts";

/** The same for diagnose, fullprocess and report, so that they agree. */
export function driftOptions({ monitor }: Config): DriftOptions {
  return { datasetShare: monitor.drift.dataset_share, columns: monitor.drift.columns };
}
