/** How drift is tested here, from `monitor.drift` of config.json. */
import type { Config } from "../config/schema.ts";
import type { DriftOptions } from "../monitoring/driftReport.ts";

/** The same for diagnose, fullprocess, monitor and report, so that they agree. */
export function driftOptions({ monitor }: Config): DriftOptions {
  const { rules, dataset_share: datasetShare, columns } = monitor.drift;
  return { rules, datasetShare, columns, minimumRows: monitor.minimum_rows };
}
