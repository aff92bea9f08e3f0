/** Flag day: what is set on one row of a day holds for the whole day, such as the name of a holiday. */
import { MlctlError } from "../core/errors.ts";
import { findColumn } from "../core/table/findColumn.ts";
import { categoryColumn } from "../core/table/categoryColumn.ts";
import { cellText } from "../core/table/cellText.ts";
import type { CategoryColumn, Column, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { chooseColumns } from "./chooseColumns.ts";
import { MILLISECONDS_A_DAY } from "./duration.ts";
import { requireHistory } from "./historySeries.ts";
import { kindWords } from "./mapColumns.ts";
import { readOptions } from "./readOptions.ts";

type Flag = number | string;

export type FlagDayState = {
  readonly timeColumn: string;
  /** The time column among them, in the order of the table. */
  readonly names: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    /** Days since 1970-01-01 UTC on which a row of the history is set, with what it says. */
    readonly days: readonly (readonly [number, Flag])[];
  }[];
  readonly unset: readonly string[];
};

const options: readonly TransformOption[] = [
  {
    name: "unset",
    type: "texts",
    default: ["None", ""],
    description: "texts that mean that nothing is set; of numbers 0 does",
  },
];

/**
 * A row's own value comes first; a row that is not set takes what the history says of its day, at any hour: this is for
 * what is known of a day in advance. Days after the history say nothing, so there each row must bring its own flag.
 */
export const flagDay: Transform<FlagDayState> = {
  type: "flag_day",
  description: "spreads a flag that is set on one row of a day over that whole day, by time_column",
  kinds: ["number", "category"],
  options,
  fit(table, given, context) {
    const { unset } = readOptions<{ unset: readonly string[] }>(given, options);
    const { column, columns: several } = given;
    if (column === undefined && several === undefined) {
      throw new MlctlError("usage", "says no column to spread", { hint: "give column or columns" });
    }
    const history = requireHistory(table, context);
    const chosen = chooseColumns(table, given, ["number", "category"]);
    const columns = chosen.map(({ name, kind }) => {
      const known = findColumn(history.columns, name);
      if (known?.kind !== kind) throw changed(name, known);
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
      const flagAt = (days: ReadonlyMap<number, Flag>, row: number): Flag | undefined =>
        days.get(dayOf(time.values[row]!));
      const spread = (column: Column): Column => {
        const days = daysOf.get(column.name);
        if (days === undefined || column.kind === "date") return column;
        return column.kind === "number"
          ? spreadNumbers(column, days, flagAt)
          : spreadTexts(column, { days, unset, flagAt });
      };
      return { ...table, columns: table.columns.map(spread) };
    };
  },
};

function dayOf(time: number): number {
  return Math.floor(time / MILLISECONDS_A_DAY);
}

function changed(name: string, known: Column | undefined): MlctlError {
  const was =
    known === undefined ? "was made by an earlier step" : `held ${kindWords[known.kind]} before an earlier step`;
  return new MlctlError("usage", `column "${name}" ${was}`, { hint: "put flag_day first" });
}

/** The first row of a day that is set decides. */
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
  return typeof flag === "number" ? flag !== 0 && !Number.isNaN(flag) : flag !== "" && !unset.includes(flag);
}

type FlagAt = (days: ReadonlyMap<number, Flag>, row: number) => Flag | undefined;

function spreadNumbers(column: NumberColumn, days: ReadonlyMap<number, Flag>, flagAt: FlagAt): NumberColumn {
  const values = column.values.map((own, row) => (isSet(own, []) ? own : Number(flagAt(days, row) ?? own)));
  return { ...column, values };
}

interface Spreading {
  readonly days: ReadonlyMap<number, Flag>;
  readonly unset: readonly string[];
  readonly flagAt: FlagAt;
}

function spreadTexts(column: CategoryColumn, { days, unset, flagAt }: Spreading): CategoryColumn {
  const texts = Array.from(column.codes, (_, row) => {
    const own = cellText(column, row);
    if (own !== null && isSet(own, unset)) return own;
    const flag = flagAt(days, row);
    return flag === undefined ? own : String(flag);
  });
  return categoryColumn(column.name, texts);
}
