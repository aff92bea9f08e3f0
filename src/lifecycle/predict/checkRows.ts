/** The check that every row passes before it is predicted, whichever command it came from: errors and warnings. */
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import { historyProblems } from "../../pipeline/rows/rowsInReach.ts";
import { rowReader, type RowProblem } from "../../pipeline/rows/rowReader.ts";

type Verdict = "error" | "warn" | "ignore";

/**
 * What a readable but unusual value counts as. A value that cannot be read, or a row without the history that the model
 * needs, is always an error.
 */
export interface RowPolicy {
  /** A category; a missing value where training had none is at most a warning. */
  readonly unseen: Verdict;
  /** A number or date outside the training range. */
  readonly range: Verdict;
  readonly history: Verdict;
}

/** `predict` and `watch`; `serve.validation` is a policy of its own. */
export const warnPolicy: RowPolicy = { unseen: "warn", range: "warn", history: "warn" };

/** `--guard` and `watch.guard`. */
export const guardPolicy: RowPolicy = { unseen: "error", range: "error", history: "error" };

export interface RowFinding extends Omit<RowProblem, "check"> {
  readonly check: RowProblem["check"] | "missing" | "extra" | "row";
  readonly value?: unknown;
}

export interface CheckedTable {
  readonly table: Table;
  readonly errors: readonly RowFinding[];
  readonly warnings: readonly RowFinding[];
  /** Whether the history ends too early for a row of a series that training saw, also where that is ignored. */
  readonly lacksHistory: boolean;
}

export type CheckRows = (rows: readonly (readonly unknown[])[]) => CheckedTable;

const NONE: readonly RowFinding[] = [];

/**
 * @param columns of the cells
 * @throws {MlctlError} kind "data" naming every input column that `columns` lacks
 */
export function checkRows(model: Model, columns: readonly string[], policy: RowPolicy): CheckRows {
  const read = rowReader(model.signature, columns);
  const gaps = historyProblems(model);
  const empty = policy.unseen === "ignore" ? "ignore" : "warn";
  const verdicts = { ...policy, category: policy.unseen, type: "error", declared: "warn", empty } as const;
  const positionOf = new Map(columns.map((name, i) => [name, i]));
  return (rows) => {
    const { table, problems } = read(rows);
    const lacking = gaps(table);
    if (problems.length === 0 && lacking.length === 0)
      return { table, errors: NONE, warnings: NONE, lacksHistory: false };
    const errors: RowFinding[] = [];
    const warnings: RowFinding[] = [];
    const add = (problem: RowProblem, verdict: Verdict): void => {
      if (verdict === "ignore") return;
      const value = rows[problem.row]![positionOf.get(problem.column) ?? -1];
      (verdict === "error" ? errors : warnings).push({ ...problem, ...shownValue(value) });
    };
    for (const problem of problems) add(problem, verdicts[problem.check]);
    const unread = new Set(problems.filter(({ check }) => check === "type").map(({ row }) => row));
    for (const problem of lacking) {
      // A date that cannot be read lacks its history too: one finding is enough.
      if (unread.has(problem.row)) continue;
      // historyProblems reports history that ends too early as "range".
      add({ ...problem, check: "history" }, problem.check === "range" ? policy.history : "error");
    }
    return { table, errors, warnings, lacksHistory: lacking.some(({ series }) => series === undefined) };
  };
}

/** Scalars that fit a line; nested values are left out, because they may be of any depth. */
function shownValue(value: unknown): { value?: unknown } {
  if (typeof value === "string") return { value: value.length <= 100 ? value : `${value.slice(0, 100)}…` };
  return value === undefined || (typeof value === "object" && value !== null) ? {} : { value };
}

/** By position of the row: its findings in one line. */
export function messagesByRow(findings: readonly RowFinding[]): Map<number, string> {
  const messages = new Map<number, string>();
  for (const { row, column, message } of findings) {
    const text = column === "" ? message : `column "${column}": ${message}`;
    const before = messages.get(row);
    messages.set(row, before === undefined ? text : `${before}; ${text}`);
  }
  return messages;
}
