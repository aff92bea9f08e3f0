/** Flag day: extends a flag that is set on one row of a day, such as the name of a holiday, to the whole day. */
import { type ParamSpec, param } from "../core/paramSpec.ts";
import { MlctlError } from "../core/errors.ts";
import { findColumn, categoryColumn, cellText, type CategoryColumn, type Column } from "../core/table/table.ts";
import type { Transform } from "../core/transform.ts";
import { MILLISECONDS_A_DAY } from "../core/text/format.ts";
import { requireHistory } from "./seriesTransform.ts";
import { kindWords, chooseColumns, readOptions } from "./mapColumns.ts";

type Flag = number | string;

export type FlagDayState = {
  readonly timeColumn: string;
  /** Columns that are read, including the time column, in the order of the table. */
  readonly names: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    /** Days since 1970-01-01 UTC with a flag in the history, and the flag. */
    readonly days: readonly (readonly [number, Flag])[];
  }[];
  readonly unset: readonly string[];
};

const options: readonly ParamSpec[] = [
  param(
    "unset",
    { type: "texts", default: ["None", ""] },
    "strings that mean no flag is set; in number columns 0 does",
  ),
];

/**
 * A row keeps its own flag; a row without one gets the flag of its day in the history, even from a later hour, so use it
 * only for flags that are known in advance. For days after the history each row must have its own flag.
 */
export const flagDay: Transform<FlagDayState> = {
  type: "flag_day",
  description: "extends a flag that is set on one row of a day to the whole day, by time_column",
  kinds: ["number", "category"],
  options,
  fit(table, given, context) {
    const { unset } = readOptions<{ unset: readonly string[] }>(given, options);
    const { column, columns: several } = given;
    if (column === undefined && several === undefined) {
      throw new MlctlError("usage", "no column given", { hint: "set column or columns" });
    }
    const history = requireHistory(table, context);
    const chosen = chooseColumns(table, given, ["number", "category"]);
    const columns = chosen.map(({ name, kind }) => {
      const known = findColumn(history.columns, name);
      if (known?.kind !== kind) {
        const was = known ? `contained ${kindWords[known.kind]} before an earlier step` : "was made by an earlier step";
        throw new MlctlError("usage", `column "${name}" ${was}`, { hint: "put flag_day first" });
      }
      return { name, days: flaggedDays(known, history.time, unset) };
    });
    const involved = new Set([history.timeColumn, ...chosen.map(({ name }) => name)]);
    const names = table.columns.map(({ name }) => name).filter((name) => involved.has(name));
    return { timeColumn: history.timeColumn, names, columns, unset };
  },
  extendHistory(state, later) {
    const columns = state.columns.map(({ name, days }) => {
      const column = findColumn(later.columns, name);
      if (column === undefined || column.kind === "date") return { name, days };
      const known = new Map(days);
      const added = flaggedDays(column, later.time, state.unset).filter(([day]) => !known.has(day));
      return { name, days: [...days, ...added].toSorted(([a], [b]) => a - b) };
    });
    return { ...state, columns };
  },
  inputNames: (state) => state.names,
  outputNames: (state) => state.names,
  load({ timeColumn, columns, unset }) {
    const daysOf = new Map(columns.map(({ name, days }) => [name, new Map(days)]));
    return (table) => {
      const time = findColumn(table, timeColumn);
      if (time?.kind !== "date") throw new MlctlError("data", `column "${timeColumn}" is missing`);
      const extended = (column: Column): Column => {
        const days = daysOf.get(column.name);
        if (days === undefined || column.kind === "date") return column;
        const flagOf: FlagOf = (row) => days.get(dayOf(time.values[row]!));
        if (column.kind === "category") return extendCategories(column, flagOf, unset);
        const values = column.values.map((value, row) => (isSet(value, []) ? value : Number(flagOf(row) ?? value)));
        return { ...column, values };
      };
      return { ...table, columns: table.columns.map(extended) };
    };
  },
};

function dayOf(time: number): number {
  return Math.floor(time / MILLISECONDS_A_DAY);
}

/** By day; if a day has several flags, the earliest one counts. */
function flaggedDays(column: Column, time: Float64Array, unset: readonly string[]): [number, Flag][] {
  const days = new Map<number, Flag>();
  for (const row of Array.from(time.keys()).toSorted((a, b) => time[a]! - time[b]! || a - b)) {
    const flag = column.kind === "number" ? column.values[row]! : (cellText(column, row) ?? "");
    const day = dayOf(time[row]!);
    if (isSet(flag, unset) && !Number.isNaN(day) && !days.has(day)) days.set(day, flag);
  }
  return [...days].toSorted(([a], [b]) => a - b);
}

function isSet(flag: Flag, unset: readonly string[]): boolean {
  return typeof flag === "number" ? flag !== 0 && Number.isFinite(flag) : flag !== "" && !unset.includes(flag);
}

type FlagOf = (row: number) => Flag | undefined;

function extendCategories(column: CategoryColumn, flagOf: FlagOf, unset: readonly string[]): CategoryColumn {
  const categories = Array.from(column.codes, (_, row) => {
    const own = cellText(column, row);
    if (own !== null && isSet(own, unset)) return own;
    const flag = flagOf(row);
    return flag === undefined ? own : String(flag);
  });
  return categoryColumn(column.name, categories);
}
