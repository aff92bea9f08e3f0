/** Chooses the series of a forecast: those whose times have a step. */
import { counted, dateText } from "../../core/text/format.ts";
import { MlctlError } from "../../core/errors.ts";
import { listed } from "../../core/text/listed.ts";
import { present } from "../../core/text/present.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import { nextTimes } from "../../stats/timeStep.ts";
import type { ForecastHistory } from "./forecastHistory.ts";
import type { ContinuedSeries } from "./futureRows.ts";
import { historyGaps } from "../../features/history.ts";

/** Maximum number of series that a message names. */
const NAMED = 3;

/** @throws {MlctlError} kind "data" with the series that cannot be continued; with `guard` they are left out */
export function continuedSeries(history: ForecastHistory, { guard }: { readonly guard: boolean }) {
  const { by, timeColumn } = history;
  const series: ContinuedSeries[] = [];
  const refused: string[] = [];
  let missing = 0;
  for (const { key, name, rows, found } of history.series) {
    const place = name === "" ? `"${timeColumn}"` : name;
    const problem = typeof found === "string" ? `${place} is irregular: ${found}` : undefined;
    const lacking = problem ?? tooShort(history, rows, found);
    if (typeof found === "string" || lacking !== undefined) refused.push(lacking!);
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
            'a forecast needs one row a step; if the rows are of several series, write "by" in the lag features',
          ]
        : [`${refused.length} of ${history.series.length} series`, "`--guard` leaves them out"];
    throw new MlctlError("data", `${which} cannot be continued: ${named}`, { hint });
  }
  const warnings = present([
    refused.length > 0 && `${refused.length} series left out: ${named}`,
    missing > 0 && `the history lacks ${counted(missing, "time")}: lags count rows, so they look further back there`,
    ...endedEarly(history, series),
  ]);
  return { series, warnings };
}

/** Why the first step has no features; undefined if it has. */
function tooShort(
  { model, table, time, timeColumn }: ForecastHistory,
  rows: readonly number[],
  found: ForecastHistory["series"][number]["found"],
) {
  const last = rows.at(-1)!;
  const gapsOf = historyGaps(model.transforms);
  if (typeof found === "string" || gapsOf === undefined) return undefined;
  const [next] = nextTimes(time[last]!, found.step, 1);
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
