/** The settings of a series that config.json leaves to mlctl: its times, its baselines, and features of its own past. */
import type { Config } from "../../config/schema/schema.ts";
import type { History, TransformRequest } from "../../core/transform.ts";
import { cellText, findColumn, type Column, type Table, type Task } from "../../core/table/table.ts";
import { MILLISECONDS_A_DAY as DAY, dateText } from "../../core/text/format.ts";
import { automaticTransforms } from "../../features/automatic.ts";
import { asText } from "../../features/text.ts";
import { findTransform } from "../../features/index.ts";
import type { Period } from "../../pipeline/fit/selectionFolds.ts";
import { findSeries, followsPast, requestedBy, type FoundSeries } from "../../pipeline/rows/findSeries.ts";
import { seasonOf, stepName } from "../../stats/timeStep.ts";
import { transformRequests } from "../settings.ts";
import { leavesOrder } from "./splitData.ts";

interface SeriesSettings {
  /** With `time_column`, `features` and sets of them that say what was found. */
  readonly config: Config;
  /** On which folds of the training rows validate; null: on equal numbers of rows. */
  readonly period: Period | null;
  readonly naive: readonly ("naive" | "seasonal_naive")[];
  readonly notes: readonly string[];
}

interface Rows {
  readonly labelled: Table;
  readonly inputs: Table;
  readonly numbers: readonly string[];
  readonly y: Float64Array;
  readonly task: Task;
}

/** Nothing is chosen if config.json names its models, or the rows are not regular series of numbers. */
export function seriesSettings(config: Config, rows: Rows): SeriesSettings {
  const none: SeriesSettings = { config, period: null, naive: [], notes: [] };
  const { train, features, target } = config;
  const name = config.time_column ?? onlyDate(rows.inputs, config);
  if (train.models !== null || rows.task !== "regression" || name === undefined) return none;
  const history = historyOf(rows.labelled, rows.y, { time_column: name, target });
  const by = features === null ? undefined : requestedBy(transformRequests(config)!);
  const unnumbered = rows.inputs.columns.filter((column) => !rows.numbers.includes(column.name));
  const found = history && findSeries(history, by ?? { ...rows.inputs, columns: unnumbered });
  if (history === undefined || found === undefined) return none;
  const isFree = features === null && Object.keys(train.feature_sets).length === 0;
  const looksBack =
    isFree &&
    findColumn(rows.inputs, name) !== undefined &&
    followsPast(history, rows.y, { ...found, share: 1 - train.split.validation_size });
  // Without features the baselines do not know that there are several series.
  if (!looksBack && (config.time_column === null || (features === null && found.by.length > 0))) return none;
  const season = seasonOf(found.step);
  const period = looksBack ? periodOf(train, found) : null;
  const chosen = looksBack ? pastFeatures(rows, config, history, { ...found, period }) : undefined;
  const step = `"${name}" is ${stepName(found.step)}${found.by.length === 0 ? "" : ` by ${found.by.join(", ")}`}`;
  const seasonal = season === null ? "" : `, seasonal_naive the value of ${season} rows before`;
  return {
    config: chosen === undefined ? config : withFeatures(config, { name, numbers: rows.numbers, ...chosen }),
    period,
    naive: season === null ? ["naive"] : ["naive", "seasonal_naive"],
    notes: [
      `${step}: the baseline naive predicts the previous value${seasonal}`,
      ...(chosen === undefined ? [] : [pastNote(config, name, chosen.lags), ...chosen.notes]),
    ],
  };
}

/** Each model is trained with the past and without: other columns may say all that the past does. */
function withFeatures(
  config: Config,
  { name, numbers, features }: Pick<Rows, "numbers"> & { name: string; features: Config["features"] },
): Config {
  const train = { ...config.train, feature_sets: { past: ["*"], plain: null } };
  return { ...config, time_column: name, drop_columns: [...config.drop_columns, ...numbers], features, train };
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

const PERIOD_DAYS = { year: 366, quarter: 92, month: 31, week: 7, day: 1 };

/** With fewer validated rows in each series equal folds say more. */
const MIN_VALIDATED = 30;

/** The longest period with which the first fold still trains on a third: on a sixth, as otherwise, it knows half a season. */
function periodOf({ split, selection }: Config["train"], { span, length }: FoundSeries): Period | null {
  const days = (span * (1 - split.validation_size)) / DAY;
  const periods = Object.entries(PERIOD_DAYS) as [Period, number][];
  const found = periods.find(([, each]) => selection.folds * each * 1.5 <= days);
  if (found === undefined || selection.folds * found[1] * DAY * length < MIN_VALIDATED * span) return null;
  return found[0];
}

/** A season takes part if there are this many of them: each costs the first of them. */
const MIN_SEASONS = 4;

function pastFeatures(
  { inputs, numbers }: Rows,
  { train }: Config,
  { timeColumn: time }: History,
  found: FoundSeries & Pick<SeriesSettings, "period">,
) {
  const { step, by, length, span, period } = found;
  const season = seasonOf(step) ?? 0;
  const isHourly = step.unit === "millisecond" && step.count < DAY;
  const isDaily = isHourly || step.unit === "business day" || (step.unit === "millisecond" && step.count === DAY);
  const week = isHourly ? 7 * season : 0;
  const seasons = [season, week].filter((each) => each > 0 && each * MIN_SEASONS <= length);
  const lags = [...new Set([1, 2, 3, ...seasons.flatMap((each) => [each, each + 1])])];
  const series = by.length === 0 ? {} : { by: [...by] };
  // What the first fold trains on has to have every month.
  const training = span * (1 - train.split.validation_size);
  const { folds } = train.selection;
  const firstTraining = period === null ? training / (folds + 1) : training - folds * PERIOD_DAYS[period] * DAY;
  const parts = [
    ...(isHourly ? ["hour"] : []),
    ...(isDaily ? ["day_of_week"] : []),
    ...(firstTraining >= 366 * DAY && season > 0 ? ["month"] : []),
  ];
  const dateParts: TransformRequest = { type: "date_parts", options: { column: time, parts } };
  const calendar = parts.length === 0 ? [] : [dateParts, { type: "cyclical", options: { keep: true } }];
  const columns = by.filter((key) => findColumn(inputs, key)?.kind === "number");
  const named = asText.load({ columns })(inputs);
  const others = { ...inputs, columns: named.columns.filter((column) => !numbers.includes(column.name)) };
  const isComplete = others.columns.every((column) => column.kind === "category" || !column.values.some(Number.isNaN));
  const plan = automaticTransforms(others, { needs: { complete: !isComplete, standardized: true } }, "regression");
  const dates = others.columns.filter(({ kind }) => kind === "date").length;
  const requests = [
    { type: "lag", options: { lags, ...series } },
    ...(isDaily ? [{ type: "rolling", options: { windows: [isHourly ? "1d" : "7d"], ...series } }] : []),
    ...(columns.length === 0 ? [] : [{ type: "as_text", options: { columns } }]),
    ...plan.requests.flatMap((request) =>
      request.type === "date_parts" ? [...calendar, ...(dates > 1 ? [request] : [])] : [request],
    ),
  ];
  const features = requests.map(({ type, options }) => ({ type, ...options })) as NonNullable<Config["features"]>;
  return { features, lags, notes: plan.notes };
}

function pastNote({ time_column, target }: Config, name: string, lags: readonly number[]): string {
  const past = `"${target}" follows its own past, so each model is trained on two sets of features: "past" has its values of ${lags.join(", ")} rows before, which a row to predict then needs (\`mlctl predict --horizon\` continues the series), "plain" has none of it`;
  const named = time_column === null ? `; to keep the column of the time, write "time_column": "${name}"` : "";
  return `${past}${named}; to leave "past" out, name the models in "train": { "models": … }`;
}

/** Average rows that a value of a likely series column has. */
const MIN_ROWS_PER_SERIES = 3;

/**
 * Reports times that come twice where features look back: the file may hold several series.
 * @param table labelled rows
 * @returns one note, or none if every time comes once or all features have `by`
 */
export function repeatedTimes(table: Table, config: Pick<Config, "features" | "time_column" | "target">): string[] {
  const { time_column: time, target } = config;
  const mixing = (transformRequests(config) ?? []).flatMap(({ type, options }, i) =>
    findTransform(type)?.looksBack === undefined || (options["by"] ?? null) !== null ? [] : `features[${i}] (${type})`,
  );
  const times = mixing.length === 0 || time === null ? undefined : findColumn(table, time);
  if (times?.kind !== "date") return [];
  const counts = new Map<number, number>();
  for (const each of times.values) if (!Number.isNaN(each)) counts.set(each, (counts.get(each) ?? 0) + 1);
  const repeated = [...counts].filter(([, count]) => count > 1);
  if (repeated.length === 0) return [];
  const first = repeated.reduce((earliest, [each]) => Math.min(earliest, each), Infinity);
  const [place, more] = [mixing[0], mixing.length > 1 ? ` and ${mixing.length - 1} more look` : " looks"];
  const found = `"${time}" has times that come twice, first: ${dateText(first)}, and ${place}${more} back on all rows as one series`;
  const advice = (name: string, why: string): string => `${found}; ${why}, write "by": ["${name}"] there`;
  // Single events at one time are common; a series column is likely only if most times come twice.
  const column = repeated.length * 2 < counts.size ? undefined : likelySeries(table, times.values, [time!, target]);
  return column === undefined
    ? [`${found}; if a column identifies several series, name it there in "by"`]
    : [advice(column, `if "${column}" identifies several series`)];
}

/** The column with the fewest values of which none comes twice at the same time. */
export function likelySeries(table: Table, times: Float64Array, others: readonly string[]): string | undefined {
  const candidates = table.columns.flatMap((column) => {
    const count = others.includes(column.name) ? undefined : seriesCount(column, times);
    return count === undefined ? [] : [{ name: column.name, count }];
  });
  return candidates.toSorted((a, b) => a.count - b.count)[0]?.name;
}

/** Number of values; undefined if the column cannot tell series apart. */
function seriesCount(column: Column, times: Float64Array): number | undefined {
  if (column.kind === "date" || (column.kind === "number" && !column.values.every(Number.isInteger))) return undefined;
  const timesOf = new Map<string, Set<number>>();
  for (let row = 0; row < times.length; row++) {
    const text = cellText(column, row);
    if (text === null) return undefined;
    const seen = timesOf.get(text) ?? new Set();
    if (seen.has(times[row]!)) return undefined;
    timesOf.set(text, seen.add(times[row]!));
    if (timesOf.size * MIN_ROWS_PER_SERIES > times.length) return undefined;
  }
  return timesOf.size > 1 ? timesOf.size : undefined;
}
