/** Predictions of rows, before they are written in a format. */
import type { Table } from "../../core/table/table.ts";
import { type RowFinding, messagesByRow, type CheckRows } from "../../lifecycle/predict/checkRows.ts";
import { HttpProblem } from "../http/problem.ts";

export interface Predictions {
  /** Classes by their label, numbers rounded as `serve.round` has it. */
  readonly values: readonly (string | number)[];
  /** Of the positive class where there are two, else of the predicted one; null in regression. */
  readonly probabilities: readonly number[] | null;
  /** The probabilities of all classes of a row, by code; null in regression. */
  readonly shares: ((row: number) => readonly number[]) | null;
  readonly predictionIds: readonly string[];
  readonly warnings: readonly RowFinding[];
  /** The rows as the model reads them. */
  readonly table: Table;
}

export interface RowPrediction {
  readonly value: string | number | null;
  readonly probability: number | null;
  readonly shares: readonly number[] | null;
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
      const {
        values,
        probabilities,
        shares: sharesOf,
        predictionIds,
      } = predictCells(
        rows.map((row) => cells[row]!),
        { errors: [], warnings: [], requestId: found.requestId },
      );
      rows.forEach((row, i) => {
        const [probability, warning] = [probabilities?.[i] ?? null, warningOf.get(row) ?? null];
        const [shares, predictionId] = [sharesOf?.(i) ?? null, predictionIds[i]!];
        predictions[row] = { value: values[i]!, probability, shares, predictionId, warning, error: null };
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
  return { value: null, probability: null, shares: null, predictionId: null, warning: null, error };
}
