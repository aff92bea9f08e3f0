/** What there is to say of the newest dataset: drift, missing values, files that could not be read. */
import type { Config } from "../config/schema.ts";
import type { Dataset } from "../core/dataset.ts";
import type { DriftReport, Finding } from "../core/drift.ts";
import type { Table } from "../core/table.ts";
import { summarize } from "./summarize.ts";

/** Where the configuration sets no limit, more missing values than this are told. */
const USUAL_MISSING_SHARE = 0.1;

export interface NewestData {
  readonly dataset: Dataset;
  readonly table: Table;
  /** Null where there is nothing to compare with. */
  readonly drift: DriftReport | null;
}

export function dataFindings(config: Config, { dataset, table, drift }: NewestData): Finding[] {
  const limit = config.monitor.quality.missing_share?.max ?? USUAL_MISSING_SHARE;
  const shares = Object.entries(summarize(table).missing);
  const [worst, share] = shares.toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
  const rejected = dataset.rejected.length;
  return [
    ...(drift === null ? [] : [driftFinding(drift)]),
    {
      name: "missing values",
      status: share > limit ? "warn" : "pass",
      value: share,
      limit,
      message: share === 0 ? "no value is missing" : `most are missing in "${worst}"`,
    },
    {
      name: "rejected files",
      status: rejected > 0 ? "warn" : "pass",
      value: rejected,
      limit: 0,
      message: rejected === 0 ? "every input file could be read" : dataset.rejected.map(({ path }) => path).join(", "),
    },
  ];
}

function driftFinding({ dataset }: DriftReport): Finding {
  return {
    name: "drift",
    status: dataset.detected ? "fail" : dataset.drifted > 0 ? "warn" : "pass",
    value: dataset.share,
    limit: dataset.limit,
    message: `${dataset.drifted} of ${dataset.tested} columns drifted since training`,
  };
}
