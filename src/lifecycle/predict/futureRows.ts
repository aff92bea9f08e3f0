/** The rows of a forecast: the dates that follow each series, and what else the model reads on them. */
import { dateText } from "../../core/text/format.ts";
import { MlctlError } from "../../core/errors.ts";
import { listed } from "../../core/text/listed.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { Signature } from "../../core/table/signature.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { keyReader, keyText } from "../../features/seriesState.ts";
import type { FutureRows } from "../../pipeline/predict/forecaster.ts";
import { nextTimes, type TimeStep } from "../../stats/timeStep.ts";
import type { Session } from "../session.ts";
import { readAskedRows } from "../testData.ts";
import { conformAsked, rowPlaces } from "./askedRows.ts";
import type { ForecastHistory } from "./forecastHistory.ts";

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

/** Maximum number of dates or columns that an error names. */
const NAMED = 3;

/**
 * @param options `rows`: a file with the columns that are not known from the date
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
  const needed = table.columns.filter(({ name }) => !derived.has(name) && (horizon > 1 || inputs.has(name)));
  const last = selectRows(
    table,
    seriesOf.map((at) => series[at]!.rows.at(-1)!),
  );
  const known = last.columns.flatMap((column) =>
    column.name === timeColumn ? [dates] : derived.has(column.name) ? [column] : [],
  );
  const made = { rowCount: times.length, columns: known };
  const names = needed.map(({ name }) => name);
  if (names.length === 0 && rows === undefined) return { table: made, steps, times, seriesOf };
  if (rows === undefined) throw unknownColumns(names, history);
  const given = await readGiven(session, history, { rows, names });
  const positions = await positionsOf(given, made, { timeColumn, by, file: rows });
  const others = selectRows(given.table, positions).columns.filter(({ name }) => names.includes(name));
  return { table: { ...made, columns: [...known, ...others] }, steps, times, seriesOf };
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

/** The rows of the file, with the types of the model. */
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
  const placeOf = (table: Table): ((row: number) => string) => {
    const times = findColumn(table, timeColumn);
    const keyOf = keyReader(table, by);
    return (row) => keyText([String(times?.kind === "date" ? times.values[row]! : NaN), keyOf(row) ?? ""]);
  };
  const [givenPlace, wantedPlace] = [placeOf(given), placeOf(future)];
  const rowOf = new Map<string, number>();
  for (let row = 0; row < given.rowCount; row++) {
    if (rowOf.has(givenPlace(row))) {
      const what = dateAndSeries(given, row, { timeColumn, by });
      const message = `${(await placesOf())(row)} is a second row for ${what}`;
      throw new MlctlError("data", message, { hint: "keep one of them" });
    }
    rowOf.set(givenPlace(row), row);
  }
  const positions = Array.from({ length: future.rowCount }, (_, row) => rowOf.get(wantedPlace(row)) ?? -1);
  const absent = [...positions.keys()].filter((row) => positions[row]! < 0);
  if (absent.length === 0) return positions;
  const named = listed(
    absent.map((row) => dateAndSeries(future, row, { timeColumn, by })),
    NAMED,
  );
  const message = `${file} lacks ${absent.length} of ${positions.length} rows: ${named}`;
  throw new MlctlError("data", message, { hint: "add them, or shorten --horizon" });
}

function dateAndSeries(
  table: Table,
  row: number,
  { timeColumn, by }: { readonly timeColumn: string; readonly by: readonly string[] },
): string {
  const dates = findColumn(table, timeColumn);
  const date = dates?.kind === "date" && !Number.isNaN(dates.values[row]!) ? dateText(dates.values[row]!) : "no date";
  return by.length === 0 ? date : `${date} of ${keyReader(table, by)(row)}`;
}
