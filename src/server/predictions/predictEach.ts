/** Predicts rows one by one, for streams: a row without a prediction says why, and the others get theirs. */
import { messagesByRow, type CheckRows } from "../../lifecycle/predict/checkRows.ts";
import type { Predictions, Found, RowPrediction } from "./predictions.ts";
import { HttpProblem } from "../http/problem.ts";

type Cells = readonly (readonly unknown[])[];

/** @param found findings about the names of columns */
export function predictEach(
  cells: Cells,
  found: Found,
  { check, predictCells }: { check: CheckRows; predictCells: (cells: Cells) => Predictions },
): RowPrediction[] {
  const { errors, warnings } = check(cells);
  const errorOf = messagesByRow([...found.errors, ...errors]);
  const warningOf = messagesByRow([...found.warnings, ...warnings]);
  const predictions: RowPrediction[] = cells.map((_, row) => refused(errorOf.get(row) ?? ""));
  const good = [...cells.keys()].filter((row) => !errorOf.has(row));
  const fill = (rows: readonly number[]): void => {
    const { values, probabilities, classes, predictionIds } = predictCells(rows.map((row) => cells[row]!));
    rows.forEach((row, i) => {
      const probability = probabilities?.[i] ?? null;
      const warning = warningOf.get(row) ?? null;
      predictions[row] = {
        value: values[i]!,
        probability,
        classes: classes && (() => classes(i)),
        predictionId: predictionIds[i]!,
        warning,
        error: null,
      };
    });
  };
  try {
    if (good.length > 0) fill(good);
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    // One row cannot be predicted: find out which, one by one.
    for (const row of good) {
      try {
        fill([row]);
      } catch (problem) {
        if (!(problem instanceof HttpProblem)) throw problem;
        predictions[row] = refused(problem.message);
      }
    }
  }
  return predictions;
}

const NO_PREDICTION: RowPrediction = {
  value: null,
  probability: null,
  classes: null,
  predictionId: null,
  warning: null,
  error: null,
};

function refused(error: string): RowPrediction {
  return { ...NO_PREDICTION, error };
}
