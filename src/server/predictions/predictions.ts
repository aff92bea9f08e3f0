/** Predictions of rows, before they are written in a format. */
import type { Table } from "../../core/table/table.ts";
import { type RowFinding, messagesByRow, type CheckRows } from "../../lifecycle/predict/checkRows.ts";
import { HttpProblem } from "../http/problem.ts";

export interface Predictions {
  /** Classes by their label, numbers rounded as `serve.round` has it. */
  readonly values: readonly (string | number)[];
  /** Of the positive class where there are two, else of the predicted one; null in regression. */
  readonly probabilities: readonly number[] | null;
  /** JSON of the probabilities of all classes of a row; null in regression. */
  readonly classes: ((row: number) => string) | null;
  readonly predictionIds: readonly string[];
  readonly warnings: readonly RowFinding[];
  /** The rows as the model reads them. */
  readonly table: Table;
}

export interface RowPrediction {
  readonly value: string | number | null;
  readonly probability: number | null;
  readonly classes: (() => string) | null;
  readonly predictionId: string | null;
  readonly warning: string | null;
  /** Why there is no prediction. */
  readonly error: string | null;
}

/** Findings about the names of columns, before any value was checked. */
export interface Found {
  readonly errors: readonly RowFinding[];
  readonly warnings: readonly RowFinding[];
  /** For the prediction log. */
  readonly requestId?: string | undefined;
}

type Cells = readonly (readonly unknown[])[];

/** @param found findings about the names of columns */
export function predictEach(
  cells: Cells,
  found: Found,
  { check, predictCells }: { check: CheckRows; predictCells: (cells: Cells, found: Found) => Predictions },
): RowPrediction[] {
  const { errors, warnings } = check(cells);
  const errorOf = messagesByRow([...found.errors, ...errors]);
  const warningOf = messagesByRow([...found.warnings, ...warnings]);
  const predictions = cells.map((_, row) => refused(errorOf.get(row) ?? ""));
  const fill = (rows: readonly number[]): void => {
    try {
      const { values, probabilities, classes, predictionIds } = predictCells(
        rows.map((row) => cells[row]!),
        { errors: [], warnings: [], requestId: found.requestId },
      );
      rows.forEach((row, i) => {
        const [probability, warning] = [probabilities?.[i] ?? null, warningOf.get(row) ?? null];
        const ofClasses = classes && (() => classes(i));
        const predictionId = predictionIds[i]!;
        predictions[row] = { value: values[i]!, probability, classes: ofClasses, predictionId, warning, error: null };
      });
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      // One row cannot be predicted: find out which, one by one.
      if (rows.length === 1) predictions[rows[0]!] = refused(error.message);
      else for (const row of rows) fill([row]);
    }
  };
  const good = [...cells.keys()].filter((row) => !errorOf.has(row));
  if (good.length > 0) fill(good);
  return predictions;
}

function refused(error: string): RowPrediction {
  return { value: null, probability: null, classes: null, predictionId: null, warning: null, error };
}

/**
 * @param labels by code
 * @param isBinary there is one probability a row
 * @returns a function that takes a model's probabilities (binary: of the positive class; else all classes row by row), and
 *   returns one that writes those of a row: {"no":0.25,"yes":0.75}
 */
export function classProbabilities(labels: readonly (string | number)[], isBinary: boolean) {
  const keys = labels.map((label, code) => `${code === 0 ? "{" : ","}${JSON.stringify(String(label))}:`);
  return (probabilities: ArrayLike<number>) =>
    (row: number): string => {
      if (isBinary) return `${keys[0]}${1 - probabilities[row]!}${keys[1]}${probabilities[row]!}}`;
      return `${keys.map((key, code) => key + probabilities[row * keys.length + code]!).join("")}}`;
    };
}
