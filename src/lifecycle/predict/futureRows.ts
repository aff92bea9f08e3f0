/** The rows of a forecast: the dates that follow each series, and what else the model reads on them. */
import { dateText, counted, listed, present } from "../../core/text/format.ts";
import { MlctlError } from "../../core/errors.ts";
import { findColumn, type Signature, selectRows, type Column, type Table } from "../../core/table/table.ts";
import { keyReader, keyText } from "../../features/seriesState.ts";
import type { FutureRows } from "../../pipeline/predict/forecaster.ts";
import { continued } from "../../pipeline/rows/calendar.ts";
import { nextTimes, type TimeStep } from "../../stats/timeStep.ts";
import type { Session } from "../session.ts";
import { readAskedRows } from "../testData.ts";
import { conformAsked, rowPlaces } from "./inputStream.ts";
import { LAG, RANDOM_SPLIT, type ForecastHistory } from "./forecastHistory.ts";
import { likelySeries } from "../train/seriesSettings.ts";
import { historyGaps } from "../../features/compileTransforms.ts";

export interface ContinuedSeries {
  readonly key: readonly string[];
  readonly name: string;
  readonly step: TimeStep;
  /** Its rows in the history, by time. */
  readonly rows: readonly number[];
}

export interface Future extends FutureRows {
  /** Epoch milliseconds, in order of series and step. */
  readonly times: readonly number[];
  /** Position in the series of each row. */
  readonly seriesOf: readonly number[];
}

/** Maximum number of dates, columns or series that a message names. */
const NAMED = 3;

/**
 * @param options.rows a file with the columns that are not known from the date
 * @throws {MlctlError} kind "data" or "usage" naming the columns, or the dates, that nothing supplies
 */
export async function futureRows(
  session: Session,
  history: ForecastHistory,
  series: readonly ContinuedSeries[],
  { horizon, rows }: { readonly horizon: number; readonly rows: string | undefined },
): Promise<Future> {
  const { table, time, timeColumn, by, model } = history;
  const times = series.flatMap((each) => nextTimes(time[each.rows.at(-1)!]!, each.step, horizon));
  const seriesOf = series.flatMap((_, at) => Array.from({ length: horizon }, () => at));
  const steps = Int32Array.from(times, (_, i) => (i % horizon) + 1);
  const dates: Column = { kind: "date", name: timeColumn, values: Float64Array.from(times) };
  const derived = new Set([timeColumn, ...by]);
  // What is only looked back on is read from the second step on.
  const inputs = new Set(model.signature.inputs.map(({ name }) => name));
  const wanted = table.columns.filter(({ name }) => !derived.has(name) && (horizon > 1 || inputs.has(name)));
  const calendar = wanted.flatMap((column) => atTimes(column, time, times) ?? []);
  const needed = wanted.filter(({ name }) => !calendar.some((each) => each.name === name));
  const ends = seriesOf.map((at) => series[at]!.rows.at(-1)!);
  const last = selectRows(table, ends);
  const same = last.columns.flatMap((column) =>
    column.name === timeColumn ? [dates] : derived.has(column.name) ? [column] : [],
  );
  const known = [...same, ...calendar];
  const made = { rowCount: times.length, columns: known };
  const names = needed.map(({ name }) => name);
  if (names.length === 0 && rows === undefined) return { table: made, steps, times, seriesOf };
  if (rows === undefined) throw unknownColumns(names, history);
  const given = await readGiven(session, history, { rows, names });
  const positions = await positionsOf(given, made, { timeColumn, by, file: rows });
  const others = selectRows(given.table, positions).columns.filter(({ name }) => names.includes(name));
  return { table: { ...made, columns: [...known, ...others] }, steps, times, seriesOf };
}

/** The year, month, day, hour or day of the week at the times of a forecast, where the history has it so. */
function atTimes(column: Column, history: Float64Array, times: readonly number[]): Column | undefined {
  const of = continued(column, history);
  const values = of && times.map(of);
  if (values === undefined || values.includes(undefined)) return undefined;
  return { kind: "number", name: column.name, values: Float64Array.from(values as number[]) };
}

function unknownColumns(names: readonly string[], { timeColumn, by }: ForecastHistory): MlctlError {
  const [columns, are] = names.length === 1 ? ["a column", "is"] : ["columns", "are"];
  return new MlctlError("usage", `the model reads ${columns} that ${are} not known in advance: ${names.join(", ")}`, {
    hint: `supply them: \`--rows future.csv\` with the columns ${[timeColumn, ...by, ...names].join(", ")}; or train without them`,
  });
}

interface Given {
  readonly table: Table;
  readonly placesOf: () => Promise<(row: number) => string>;
}

async function readGiven(
  session: Session,
  { table, timeColumn, by, model }: ForecastHistory,
  { rows, names }: { readonly rows: string; readonly names: readonly string[] },
): Promise<Given> {
  const read = await readAskedRows(session, model, rows);
  const wanted = new Set([timeColumn, ...by, ...names]);
  const own = model.signature.inputs.filter(({ name }) => wanted.has(name));
  const taken = new Set(own.map(({ name }) => name));
  const others = table.columns.filter(({ name }) => wanted.has(name) && !taken.has(name));
  const inputs = [...own, ...others.map(({ name, kind }) => ({ name, kind, missingShare: 0 }))];
  const signature: Signature = { ...model.signature, inputs };
  const placesOf = () => rowPlaces(session, read, signature);
  return { table: await conformAsked(read, signature, placesOf), placesOf };
}

async function positionsOf(
  { table: given, placesOf }: Given,
  future: Table,
  { timeColumn, by, file }: { readonly timeColumn: string; readonly by: readonly string[]; readonly file: string },
): Promise<number[]> {
  const placer = (table: Table) => {
    const dates = findColumn(table, timeColumn);
    const keyOf = keyReader(table, by);
    return (row: number) => {
      const time = dates?.kind === "date" ? dates.values[row]! : NaN;
      const date = Number.isNaN(time) ? "no date" : dateText(time);
      const key = keyOf(row);
      return { id: keyText([String(time), key ?? ""]), shown: by.length === 0 ? date : `${date} of ${key}` };
    };
  };
  const [givenPlace, wantedPlace] = [placer(given), placer(future)];
  const rowOf = new Map<string, number>();
  for (let row = 0; row < given.rowCount; row++) {
    const { id, shown } = givenPlace(row);
    if (rowOf.has(id))
      throw new MlctlError("data", `${(await placesOf())(row)} is a second row for ${shown}`, {
        hint: "keep one of them",
      });
    rowOf.set(id, row);
  }
  const wanted = Array.from({ length: future.rowCount }, (_, row) => wantedPlace(row));
  const absent = wanted.flatMap(({ id, shown }) => (rowOf.has(id) ? [] : [shown]));
  if (absent.length === 0) return wanted.map(({ id }) => rowOf.get(id)!);
  const message = `${file} lacks ${absent.length} of ${wanted.length} rows: ${listed(absent, NAMED)}`;
  throw new MlctlError("data", message, { hint: "add them, or shorten --horizon" });
}

/** @throws {MlctlError} kind "data" with the series that cannot be continued; with `guard` they are left out */
export function continuedSeries(history: ForecastHistory, { guard }: { readonly guard: boolean }) {
  const { by, timeColumn } = history;
  const series: ContinuedSeries[] = [];
  const refused: string[] = [];
  let missing = 0;
  for (const { key, name, rows, found } of history.series) {
    if (typeof found === "string") {
      refused.push(`${name === "" ? `"${timeColumn}"` : name} is irregular: ${found}`);
      continue;
    }
    const lacking = tooShort(history, rows, found.step);
    if (lacking !== undefined) refused.push(lacking);
    else {
      missing += found.missing;
      series.push({ key, name, step: found.step, rows });
    }
  }
  const more = refused.length > NAMED ? `; and ${refused.length - NAMED} more` : "";
  const named = `${refused.slice(0, NAMED).join("; ")}${more}`;
  if (refused.length > 0 && (!guard || series.length === 0)) {
    const [which, hint] =
      by.length === 0
        ? [
            "the series",
            `a forecast needs one row a step; for several series, add ${lagOf(history)} to "features" and train again; ${RANDOM_SPLIT}`,
          ]
        : [`${refused.length} of ${history.series.length} series`, `\`--guard\` leaves them out; ${RANDOM_SPLIT}`];
    throw new MlctlError("data", `${which} cannot be continued: ${named}`, { hint });
  }
  const warnings = present([
    refused.length > 0 && `${refused.length} series left out: ${named}`,
    missing > 0 && `the history lacks ${counted(missing, "time")}: lags count rows, so they look further back there`,
    ...endedEarly(history, series),
  ]);
  return { series, warnings };
}

function lagOf({ table, time }: ForecastHistory): string {
  const column = likelySeries(table, time, []);
  return column === undefined ? LAG : JSON.stringify({ type: "lag", by: [column] });
}

/** Why the first step has no features; undefined if it has. */
function tooShort({ model, table, time, timeColumn }: ForecastHistory, rows: readonly number[], step: TimeStep) {
  const last = rows.at(-1)!;
  const gapsOf = historyGaps(model.transforms);
  if (gapsOf === undefined) return undefined;
  const [next] = nextTimes(time[last]!, step, 1);
  const row = selectRows(table, [last]);
  const columns = row.columns.map((column) =>
    column.kind === "date" && column.name === timeColumn ? { ...column, values: Float64Array.of(next!) } : column,
  );
  const [gap] = gapsOf({ rowCount: 1, columns });
  return gap?.kind === "missing" ? gap.message : undefined;
}

/** A series that ended long ago is continued from its own end. */
function endedEarly({ time }: ForecastHistory, series: readonly ContinuedSeries[]): string[] {
  const ends = series.map(({ rows }) => time[rows.at(-1)!]!);
  const last = ends.reduce((latest, each) => Math.max(latest, each), -Infinity);
  const early = series.filter((_, at) => ends[at]! < last);
  if (early.length === 0) return [];
  const named = early.map(({ name, rows }) => `${name} (${dateText(time[rows.at(-1)!]!)})`);
  return [
    `${early.length} of ${series.length} series end before ${dateText(last)} and are continued from their own end: ${listed(named, NAMED)}`,
  ];
}
