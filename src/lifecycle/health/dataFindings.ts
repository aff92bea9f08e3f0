/** Findings on the newest dataset: drift, missing values and rejected files. */
import type { Config } from "../../config/schema/schema.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import type { ColumnDrift, DriftReport, Finding } from "../../core/records/drift.ts";
import { comparedRows } from "../../core/text/recordText.ts";
import { formatNumber } from "../../core/text/format.ts";
import type { Table } from "../../core/table/table.ts";
import { missingShares } from "./summarize.ts";

/** Limit for the share of missing values if the configuration sets none. */
const DEFAULT_MISSING_SHARE = 0.1;

export interface NewestData {
  readonly dataset: Dataset;
  readonly table: Table;
  /** Null if there is nothing to compare with. */
  readonly drift: DriftReport | null;
}

export function dataFindings(config: Config, { dataset, table, drift }: NewestData): Finding[] {
  const limit = config.monitor.quality.missing_share?.max ?? DEFAULT_MISSING_SHARE;
  // Dropped columns may have missing values.
  const shares = Object.entries(missingShares(table)).filter(([name]) => !config.drop_columns.includes(name));
  const [worst, share] = shares.toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
  const rejected = dataset.rejected.length;
  return [
    ...(drift === null ? [] : driftFindings(drift)),
    {
      name: "missing values",
      status: share > limit ? "warn" : "pass",
      value: share,
      limit,
      passes: "at_most",
      message: share === 0 ? "no missing values" : `most missing values: column "${worst}"`,
    },
    {
      name: "rejected files",
      status: rejected > 0 ? "warn" : "pass",
      value: rejected,
      limit: 0,
      passes: "at_most",
      message: rejected === 0 ? "all input files were read" : dataset.rejected.map(({ path }) => path).join(", "),
    },
  ];
}

/** Drift of the inputs together, of the predictions and of the target. */
function driftFindings(report: DriftReport): Finding[] {
  const { dataset, columns, target, currentRows } = report;
  const { tested, drifted, detected } = dataset;
  const reasons = new Set(Object.values(columns).flatMap(({ skipped }) => skipped ?? []));
  const untested = ["no column could be tested", ...[...reasons].slice(0, 3)].join("; ");
  const rows = comparedRows(report, formatNumber);
  return [
    {
      name: "drift",
      status: detected ? "fail" : drifted > 0 ? "warn" : "pass",
      value: dataset.share,
      limit: dataset.limit,
      passes: "at_most",
      message:
        currentRows === 0
          ? rows
          : `${tested === 0 ? untested : `${drifted} of ${tested} columns drifted since training`}: ${rows}`,
    },
    ...oneDrift("prediction drift", columns["prediction"]),
    ...oneDrift("target drift", target ?? undefined),
  ];
}

/** Names the measure and the direction of the limit, so that a distance is not read as a p-value. */
function oneDrift(name: string, drift: ColumnDrift | undefined): Finding[] {
  if (drift === undefined || drift.skipped !== undefined) return [];
  const { test, measure, value, limit, direction, drifted, note } = drift;
  const kind = measure === "p_value" ? "p-value" : "distance";
  const message = `${test}: a ${kind} ${direction} ${formatNumber(limit)} means drift${note === undefined ? "" : `; ${note}`}`;
  const passes = measure === "p_value" ? "at_least" : "at_most";
  return [{ name, status: drifted ? "warn" : "pass", value, limit, passes, message }];
}
