/** What is wrong with rows that want an answer, and what is merely odd, as `serve.validation` has it. */
import type { Config } from "../../config/schema/schema.ts";
import type { Table } from "../../core/table/table.ts";
import type { RowProblem } from "../../pipeline/rows/rowReader.ts";
import type { ServedModel } from "./servedModel.ts";

export type Validation = Config["serve"]["validation"];

/** One finding about one value, as it stands in answers. */
export interface RowFinding {
  /** Position in the request, from 0. */
  readonly row: number;
  readonly column: string;
  readonly check: RowProblem["check"] | "missing" | "extra" | "row";
  readonly message: string;
  readonly value?: unknown;
  readonly suggestion?: string;
}

export interface CheckedTable {
  readonly table: Table;
  readonly errors: readonly RowFinding[];
  readonly warnings: readonly RowFinding[];
}

const NONE: readonly RowFinding[] = [];

/** @returns a function from rows (cells in the order of `served.inputs`) to their table and the findings */
export function rowChecks(
  served: ServedModel,
  { serve: { validation }, time_column }: Pick<Config, "serve" | "time_column">,
): (rows: readonly (readonly unknown[])[]) => CheckedTable {
  const { read, gaps, inputs } = served;
  const positionOf = new Map(inputs.map((name, i) => [name, i]));
  return (rows) => {
    const { table, problems } = read(rows);
    const lacking = gaps === null ? [] : gaps(table);
    if (problems.length === 0 && lacking.length === 0) return { table, errors: NONE, warnings: NONE };
    const errors: RowFinding[] = [];
    const warnings: RowFinding[] = [];
    const file = (problem: RowProblem, verdict: Validation["extra"]): void => {
      if (verdict === "ignore") return;
      const value = rows[problem.row]![positionOf.get(problem.column) ?? -1];
      (verdict === "error" ? errors : warnings).push({ ...problem, ...shownValue(value) });
    };
    for (const problem of problems) {
      const { check, column } = problem;
      // Rows to be answered come after the training rows: that is no finding.
      if (check === "range" && column === time_column) continue;
      file(problem, check === "category" ? validation.unseen : check === "range" ? validation.range : "error");
    }
    const unread = new Set(problems.filter(({ check }) => check === "type").map(({ row }) => row));
    for (const problem of lacking) {
      // A date that cannot be read lacks its history too: once is enough.
      if (unread.has(problem.row)) continue;
      // "range" is what historyProblems calls a last value that is too old.
      file({ ...problem, check: "history" }, problem.check === "range" ? validation.history : "error");
    }
    return { table, errors, warnings };
  };
}

/** Values that fit a line; nothing nested, which may be of any depth. */
export function shownValue(value: unknown): { value?: unknown } {
  if (typeof value === "string") return { value: value.length <= 100 ? value : `${value.slice(0, 100)}…` };
  return value === undefined || (typeof value === "object" && value !== null) ? {} : { value };
}
