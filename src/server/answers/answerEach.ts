/** Answers rows one by one, for streams: what cannot be answered says why, and the others are answered. */
import type { rowChecks, RowFinding } from "../../lifecycle/predict/rowChecks.ts";
import type { Answers, Found, RowAnswer } from "./answers.ts";
import { HttpProblem } from "../http/problem.ts";

type Cells = readonly (readonly unknown[])[];

/** @param found findings that the names of the columns gave */
export function answerEach(
  cells: Cells,
  found: Found,
  { check, answerCells }: { check: ReturnType<typeof rowChecks>; answerCells: (cells: Cells) => Answers },
): RowAnswer[] {
  const { errors, warnings } = check(cells);
  const errorOf = messagesByRow([...found.errors, ...errors]);
  const warningOf = messagesByRow([...found.warnings, ...warnings]);
  const answers: RowAnswer[] = cells.map((_, row) => refused(errorOf.get(row) ?? ""));
  const good = [...cells.keys()].filter((row) => !errorOf.has(row));
  const fill = (rows: readonly number[]): void => {
    const { values, probabilities, predictionIds } = answerCells(rows.map((row) => cells[row]!));
    rows.forEach((row, i) => {
      const probability = probabilities?.[i] ?? null;
      const warning = warningOf.get(row) ?? null;
      answers[row] = { value: values[i]!, probability, predictionId: predictionIds[i]!, warning, error: null };
    });
  };
  try {
    if (good.length > 0) fill(good);
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    // One of them has no answer: the others are found one by one.
    for (const row of good) {
      try {
        fill([row]);
      } catch (problem) {
        if (!(problem instanceof HttpProblem)) throw problem;
        answers[row] = refused(problem.message);
      }
    }
  }
  return answers;
}

const NO_ANSWER: RowAnswer = { value: null, probability: null, predictionId: null, warning: null, error: null };

function refused(error: string): RowAnswer {
  return { ...NO_ANSWER, error };
}

function messagesByRow(findings: readonly RowFinding[]): Map<number, string> {
  const messages = new Map<number, string>();
  for (const { row, column, message } of findings) {
    const text = `column "${column}": ${message}`;
    const before = messages.get(row);
    messages.set(row, before === undefined ? text : `${before}; ${text}`);
  }
  return messages;
}
