/** Reports a score that is far worse than on the validation rows, and test rows that are all later than the training rows. */
import { parseRecorded } from "../../config/configSha256.ts";
import type { Config } from "../../config/schema/schema.ts";
import type { Run, ScoreRecord } from "../../core/records/run.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { Table } from "../../core/table/table.ts";
import { formatNumber } from "../../core/text/format.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { timeOrder } from "../../pipeline/fit/timeOrder.ts";

/** Gap from which a score is far worse: absolute for metrics between 0 and 1, else as a share of the validation value. */
const GAP = 0.1;
const RELATIVE_GAP = 0.25;
/** Share of the baseline's error, which has the size and unit of the target: below it, errors are zero but for rounding. */
const ROUNDING = 1e-9;

type Scored = Pick<ScoreRecord, "metric" | "value" | "interval" | "baseline" | "rows">;
type Validated = Pick<Run, "metrics" | "task" | "validationRows">;

/** @param ingested all rows of the run's dataset; undefined if the file is gone */
export function validationGap(
  scored: Scored,
  run: Validated & Pick<Run, "config">,
  { test, ingested }: { readonly test: Table; readonly ingested: Table | undefined },
): string[] {
  const config = parseRecorded(run.config);
  const later = ingested === undefined ? undefined : laterIn(test, ingested, config);
  const because =
    later === undefined
      ? undefined
      : `the test rows are all later in "${later}" than the ingested rows, but the validation rows were chosen at random: set "time_column": "${later}"`;
  const gap = gapOf(scored, run);
  // A configured split that suits the rows needs no warning.
  if (gap === undefined) return because === undefined || config?.train.split.method !== null ? [] : [because];
  return [
    `${gap}: ${because ?? "the test rows differ from the ingested rows, see `mlctl diagnose`, or rows that belong together are on both sides of the split"}`,
  ];
}

/** The validation value has no interval: its uncertainty is that of the test value, scaled to the number of rows. */
function gapOf({ metric: name, value, interval, baseline, rows }: Scored, run: Validated): string | undefined {
  const { metrics, task, validationRows } = run;
  const validation = metrics[name] ?? null;
  if (value === null || validation === null || interval === null || validationRows === 0) return undefined;
  const { greaterIsBetter, unbounded } = findMetric(name, task);
  const gap = greaterIsBetter ? validation - value : value - validation;
  const noise = ((interval[1] - interval[0]) / 2) * Math.sqrt(1 + rows / validationRows);
  const least = Math.max(RELATIVE_GAP * Math.abs(validation), ROUNDING * Math.abs(baseline[name] ?? 0));
  if (gap < (unbounded ? least : GAP) || gap <= noise) return undefined;
  return `${name} is far worse on the test rows (${formatNumber(value)}) than on the validation rows (${formatNumber(validation)})`;
}

/** A date column in which every test row is later than every ingested row, if the run was not split by time. */
function laterIn(test: Table, ingested: Table, config: Config | undefined): string | undefined {
  if (config === undefined || config.time_column !== null || config.train.split.method === "time") return undefined;
  const column = ingested.columns.find(({ name }) => isLater(test, ingested, name));
  // Without a configured split, rows in the order of a time are split by it.
  const isByTime = config.train.split.method === null && timeOrder(ingested) !== undefined;
  return isByTime ? undefined : column?.name;
}

function isLater(test: Table, ingested: Table, name: string): boolean {
  const [own, others] = [findColumn(test, name), findColumn(ingested, name)];
  if (own?.kind !== "date" || others?.kind !== "date") return false;
  const latest = others.values.reduce((most, time) => (time > most ? time : most), -Infinity);
  return latest > -Infinity && own.values.every((time) => time > latest);
}
