/** Answers batches of rows: checks each, predicts the good ones, and keeps count of what was odd. */
import { MlctlError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Model } from "../../core/records/model.ts";
import type { Prediction } from "../../core/prediction.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import type { InputRow, RowBatch } from "../../data/rowBatch.ts";
import type { RowSources } from "../../data/stream/writeRows.ts";
import { historyProblems } from "../../pipeline/rows/historyProblems.ts";
import { rowReader, type CheckedRows, type RowProblem } from "../../pipeline/rows/rowReader.ts";

export interface AnsweredBatch {
  readonly columns: readonly string[];
  /** The rows that came, each with its answer. */
  readonly answers: readonly (readonly Json[])[];
  /** Of the rows that came, without the answers. */
  readonly sources: RowSources;
  readonly rejected: readonly { readonly row: InputRow; readonly reason: string }[];
  /** What the model read of the answered rows, where it is not what came. */
  readonly inputs?: NonNullable<RowBatch["inputs"]>;
}

export interface Answerer {
  answer(batch: RowBatch): AnsweredBatch;
  rows(): number;
  rejected(): number;
  /** Repeats are one line with their number and the first place. */
  warnings(): string[];
}

export interface AnswerOptions {
  readonly model: Model;
  readonly predict: (table: Table) => Prediction;
  /** How errors name the rows: a path, or "stdin". */
  readonly name: string;
  /** Diverts rows with any problem; else a row that cannot be read is an error and odd ones are answered. */
  readonly guard: boolean;
  /** Without `guard`: rows that cannot be read are given back as rejected too, and the caller decides. */
  readonly collect?: boolean;
  /** The column of answers; "prediction" if left out. */
  readonly answerName?: string;
}

/** Without these no answer is possible; with `guard` a row that is merely odd gets none either. */
const UNANSWERABLE = ["type", "history"] as const;
const EVERY_CHECK = [...UNANSWERABLE, "category", "range"] as const;

interface Oddity {
  count: number;
  readonly first: string;
}

/** @throws {MlctlError} from `answer`, kind "data": a column is missing, or without `guard` a row cannot be read */
export function answerRows(options: AnswerOptions): Answerer {
  const { model, predict, name, guard, collect = false, answerName = "prediction" } = options;
  const { target } = model.signature;
  const added = [answerName, ...(target.task === "regression" ? [] : ["probability"])];
  const problemsOfHistory = historyProblems(model);
  const oddities = new Map<string, Oddity>();
  let [rows, rejectedRows] = [0, 0];
  let reader: { columns: readonly string[]; read: (rows: readonly (readonly Json[])[]) => CheckedRows } | undefined;
  const note = (kind: string, place: string): void => {
    const known = oddities.get(kind);
    if (known === undefined) oddities.set(kind, { count: 1, first: place });
    else known.count++;
  };
  const noteOdd = ({ column, check, message }: RowProblem, line: number): void => {
    const kind = check === "range" ? "outside the training range" : "with a category not seen in training";
    note(`${kind} in column "${column}"`, `line ${line}: ${message}`);
  };
  return {
    answer(batch) {
      const { columns, cells } = batch.inputs ?? { ...batch, cells: batch.rows.map(({ values }) => values) };
      if (reader?.columns.length !== columns.length) {
        refuseTaken(batch.columns, added);
        reader = { columns, read: rowReader(model.signature, columns) };
      }
      const { table, problems: unlike } = reader.read(cells);
      const unread = new Set(unlike.filter(({ check }) => check === "type").map(({ row }) => row));
      const problems = [...unlike, ...problemsOfHistory(table).filter(({ row }) => !unread.has(row))];
      const reasons = reasonsOf(batch, problems, guard ? EVERY_CHECK : UNANSWERABLE);
      if (!guard) {
        if (!collect) stopAtBadRow(batch, reasons, name);
        for (const problem of problems.filter(({ row }) => !reasons.has(row)))
          noteOdd(problem, batch.rows[problem.row]!.line);
      }
      const good = goodRows(batch, reasons);
      const answers = appendAnswers(
        batch,
        good,
        predict(good.length === table.rowCount ? table : selectRows(table, good)),
        model,
      );
      rows += good.length;
      rejectedRows += reasons.size;
      for (const [row, reason] of reasons) note("rejected", `line ${batch.rows[row]!.line}: ${reason}`);
      const rejected = [...reasons].map(([row, reason]) => ({ row: batch.rows[row]!, reason }));
      const sources = { width: batch.columns.length, texts: good.map((row) => batch.rows[row]!.source) };
      const inputs = batch.inputs && { columns, cells: good.map((row) => cells[row]!) };
      return { columns: [...batch.columns, ...added], answers, sources, rejected, ...(inputs && { inputs }) };
    },
    rows: () => rows,
    rejected: () => rejectedRows,
    warnings: () =>
      [...oddities].map(
        ([kind, { count, first }]) => `${count} ${count === 1 ? "row" : "rows"} ${kind}, first: ${first}`,
      ),
  };
}

function refuseTaken(columns: readonly string[], added: readonly string[]): void {
  const taken = added.find((column) => columns.includes(column));
  if (taken === undefined) return;
  throw new MlctlError("data", `the rows have a column called "${taken}" already`, { hint: "rename or drop it first" });
}

/** By position of the row: everything that is wrong with it. */
function reasonsOf(
  batch: RowBatch,
  problems: readonly RowProblem[],
  checks: readonly RowProblem["check"][],
): Map<number, string> {
  const reasons = new Map<number, string>();
  batch.rows.forEach(({ problem }, row) => {
    if (problem !== undefined) reasons.set(row, problem);
  });
  for (const { row, column, check, message } of problems) {
    if (!checks.includes(check) || batch.rows[row]!.problem !== undefined) continue;
    const reason = `column "${column}": ${message}`;
    const before = reasons.get(row);
    reasons.set(row, before === undefined ? reason : `${before}; ${reason}`);
  }
  // Rows that could not be parsed come first in it: the file of rejected rows keeps the order of the input.
  return new Map([...reasons].toSorted(([a], [b]) => a - b));
}

function stopAtBadRow(batch: RowBatch, reasons: ReadonlyMap<number, string>, name: string): void {
  if (reasons.size === 0) return;
  const row = Math.min(...reasons.keys());
  throw new MlctlError("data", `${name}, line ${batch.rows[row]!.line}: ${reasons.get(row)}`, {
    hint: "`--guard --reject-file rejected.csv` sets such rows aside and answers the others",
  });
}

function goodRows(batch: RowBatch, reasons: ReadonlyMap<number, string>): number[] {
  return [...batch.rows.keys()].filter((row) => !reasons.has(row));
}

/** Binary: the probability of the positive class. Multiclass: that of the predicted one. */
function appendAnswers(
  batch: RowBatch,
  good: readonly number[],
  { yPred, probabilities }: Prediction,
  model: Model,
): Json[][] {
  const { task, classes = [] } = model.signature.target;
  const width = batch.columns.length;
  return good.map((row, i) => {
    const { values } = batch.rows[row]!;
    const cells: Json[] =
      values.length === width ? [...values] : Array.from({ length: width }, (_, at) => values[at] ?? null);
    if (task === "regression") cells.push(yPred[i]!);
    else
      cells.push(
        classes[yPred[i]!]!,
        task === "binary" ? probabilities![i]! : probabilities![i * classes.length + yPred[i]!]!,
      );
    return cells;
  });
}
