/** The settings of a series that config.json leaves to mlctl: its times, its baselines, and features of its own past. */
import type { Config } from "../../config/schema/schema.ts";
import type { History } from "../../core/history.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { Column, Table } from "../../core/table/table.ts";
import type { Task } from "../../core/task.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";
import type { TransformRequest } from "../../core/transform.ts";
import { automaticTransforms } from "../../features/automatic.ts";
import { findSeries, followsPast, type FoundSeries } from "../../pipeline/rows/findSeries.ts";
import { requestedBy } from "../../pipeline/rows/seriesSteps.ts";
import { seasonOf, stepName } from "../../stats/timeStep.ts";
import { transformRequests } from "../settings.ts";
import { leavesOrder } from "./splitData.ts";

export interface SeriesSettings {
  /** With `time_column` and `features` that say what was found. */
  readonly config: Config;
  readonly naive: readonly ("naive" | "seasonal_naive")[];
  readonly notes: readonly string[];
}

/** Labelled rows. */
interface Rows {
  /** Every column. */
  readonly labelled: Table;
  /** Columns that may be features. */
  readonly inputs: Table;
  /** Columns among them that number the rows. */
  readonly numbers: readonly string[];
  readonly y: Float64Array;
  readonly task: Task;
}

const DAY = MILLISECONDS_A_DAY;

/** Nothing is chosen if config.json names its models, or the rows are not regular series of numbers. */
export function seriesSettings(config: Config, rows: Rows): SeriesSettings {
  const none: SeriesSettings = { config, naive: [], notes: [] };
  const { train, features, target } = config;
  const name = config.time_column ?? onlyDate(rows.inputs, config);
  if (train.models !== null || rows.task !== "regression" || name === undefined) return none;
  const history = historyOf(rows.labelled, rows.y, { time_column: name, target });
  const by = features === null ? undefined : requestedBy(transformRequests(config)!);
  const found = history && findSeries(history, by ?? rows.inputs);
  if (history === undefined || found === undefined) return none;
  const isFree = features === null && Object.keys(train.feature_sets).length === 0;
  const looksBack =
    isFree &&
    findColumn(rows.inputs, name) !== undefined &&
    followsPast(history, rows.y, { ...found, share: 1 - train.split.validation_size });
  // Without features the baselines do not know that there are several series.
  if (!looksBack && (config.time_column === null || (features === null && found.by.length > 0))) return none;
  const season = seasonOf(found.step);
  const chosen = looksBack ? pastFeatures(rows, name, found) : undefined;
  const step = `"${name}" is ${stepName(found.step)}${found.by.length === 0 ? "" : ` by ${found.by.join(", ")}`}`;
  const seasonal = season === null ? "" : `, seasonal_naive the value of ${season} rows before`;
  return {
    config: chosen === undefined ? config : { ...config, time_column: name, features: chosen.features },
    naive: season === null ? ["naive"] : ["naive", "seasonal_naive"],
    notes: [
      `${step}: the baseline naive predicts the previous value${seasonal}`,
      ...(chosen === undefined ? [] : [pastNote(config, name, chosen.lags), ...chosen.notes]),
    ],
  };
}

/** The date column by which the rows are sorted, if there is one and config.json leaves their order to mlctl. */
function onlyDate({ columns }: Table, config: Config): string | undefined {
  const dates = columns.filter(({ kind }) => kind === "date");
  return dates.length === 1 && config.features === null && leavesOrder(config) ? dates[0]!.name : undefined;
}

/** All labelled rows, as history for lag features; undefined without a date column to order them. */
export function historyOf(
  table: Table,
  y: Float64Array,
  { time_column: timeColumn, target }: Pick<Config, "time_column" | "target">,
): History | undefined {
  const time = timeColumn === null ? undefined : findColumn(table, timeColumn);
  if (time?.kind !== "date") return undefined;
  const known: Column = { kind: "number", name: target, values: y };
  const columns = table.columns.map((column) => (column.name === target ? known : column));
  return { timeColumn: time.name, time: time.values, columns: { ...table, columns } };
}

/** A season takes part if there are this many of them: each costs the first of them. */
const MIN_SEASONS = 4;

function pastFeatures({ inputs, numbers }: Rows, time: string, found: FoundSeries) {
  const { step, by, length, span } = found;
  const season = seasonOf(step) ?? 0;
  const isHourly = step.unit === "millisecond" && step.count < DAY;
  const isDaily = isHourly || step.unit === "business day" || (step.unit === "millisecond" && step.count === DAY);
  const week = isHourly ? 7 * season : 0;
  const seasons = [season, week].filter((each) => each > 0 && each * MIN_SEASONS <= length);
  const lags = [...new Set([1, 2, 3, ...seasons.flatMap((each) => [each, each + 1])])];
  const series = by.length === 0 ? {} : { by: [...by] };
  const parts = [
    ...(isHourly ? ["hour"] : []),
    ...(isDaily ? ["day_of_week"] : []),
    ...(span >= 2 * 365 * DAY && season > 0 ? ["month"] : []),
  ];
  const calendar: TransformRequest[] =
    parts.length === 0
      ? []
      : [
          { type: "date_parts", options: { column: time, parts } },
          { type: "cyclical", options: { keep: true } },
        ];
  const others = { ...inputs, columns: inputs.columns.filter((column) => !numbers.includes(column.name)) };
  const isComplete = others.columns.every((column) => column.kind === "category" || !column.values.some(Number.isNaN));
  const plan = automaticTransforms(others, { needs: { complete: !isComplete, standardized: true } });
  const dates = others.columns.filter(({ kind }) => kind === "date").length;
  const requests = [
    { type: "lag", options: { lags, ...series } },
    ...(seasons.length === 0 ? [] : [{ type: "rolling", options: { windows: [seasonText(found)], ...series } }]),
    ...(numbers.length === 0 ? [] : [{ type: "drop", options: { columns: [...numbers] } }]),
    ...plan.requests.flatMap((request) =>
      request.type === "date_parts" ? [...calendar, ...(dates > 1 ? [request] : [])] : [request],
    ),
  ];
  const features = requests.map(({ type, options }) => ({ type, ...options })) as NonNullable<Config["features"]>;
  return { features, lags, notes: plan.notes };
}

/** Length of a season, as a window. */
function seasonText({ step }: FoundSeries): string {
  if (step.unit === "month") return "365d";
  if (step.unit === "business day") return "7d";
  return `${(seasonOf(step)! * step.count) / DAY}d`;
}

function pastNote({ time_column, target }: Config, name: string, lags: readonly number[]): string {
  const past = `"${target}" follows its own past, so its values of ${lags.join(", ")} rows before are features: a row to predict needs them (\`mlctl predict --horizon\` continues the series)`;
  const named = time_column === null ? `; to keep the column of the time, write "time_column": "${name}"` : "";
  return `${past}${named}; to leave them out, name the models in "train": { "models": … }`;
}
