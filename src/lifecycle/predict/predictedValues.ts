/** A model's prediction as people read it: labels by name, the probability that goes with each, numbers rounded. */
import type { Prediction } from "../../core/metric.ts";
import type { TargetSpec } from "../../core/table/table.ts";
import { MlctlError } from "../../core/errors.ts";

/**
 * A label, its probability (of the positive class where there are two, else of the predicted one), and with three or more
 * classes the probability of each. In regression a number alone.
 */
type Predicted = readonly [value: string | number, ...probabilities: readonly number[]];

export const NOT_FINITE = "the model's prediction is not a finite number";

/**
 * @param shown `labels`: by code, null in regression; `digits`: behind the point of a regression's values, null for all
 * @returns a function to the predictions by row, and the rows whose value or probability is NaN or infinite: JSON has
 *   neither, and null would be a wrong prediction
 */
export function predictedValues(
  { task }: Pick<TargetSpec, "task">,
  { labels, digits = null }: { readonly labels: readonly (string | number)[] | null; readonly digits?: number | null },
) {
  const classCount = labels?.length ?? 0;
  const shown = (value: number): string | number =>
    labels !== null ? labels[value]! : digits === null ? value : Number(value.toFixed(digits));
  const read = (row: number, { yPred, probabilities }: Prediction): Predicted => {
    const value = yPred[row]!;
    if (probabilities === null) return [shown(value)];
    if (task === "binary") return [shown(value), probabilities[row]!];
    const classes = probabilities.subarray(row * classCount, (row + 1) * classCount);
    return [shown(value), classes[value]!, ...classes];
  };
  return (prediction: Prediction): { predictions: readonly Predicted[]; notFinite: readonly number[] } => {
    const predictions: Predicted[] = [];
    const notFinite: number[] = [];
    for (let row = 0; row < prediction.yPred.length; row++) {
      const predicted = read(row, prediction);
      if (!Number.isFinite(prediction.yPred[row]) || !Number.isFinite(predicted[1] ?? 0)) notFinite.push(row);
      predictions.push(predicted);
    }
    return { predictions, notFinite };
  };
}

/** The columns of `predictedValues`. */
export function predictionNames({ task, classes = [] }: TargetSpec, name = "prediction"): string[] {
  if (task === "regression") return [name];
  return [name, "probability", ...(task === "binary" ? [] : classes.map((label) => `probability_${label}`))];
}

/** By code: numbers where every class is one, else strings; null in regression. */
export function jsonLabels({ classes }: Pick<TargetSpec, "classes">): readonly (string | number)[] | null {
  const areNumbers = classes?.every((label) => Number.isFinite(Number(label)) && String(Number(label)) === label);
  return areNumbers === true ? classes!.map(Number) : (classes ?? null);
}

/** Each name, or where it is taken, in any case, the first free one of NAME_2, NAME_3, …: many readers ignore case. */
export function freeNames(names: readonly string[], taken: Iterable<string>): string[] {
  const known = new Set(Array.from(taken, (name) => name.toLowerCase()));
  const chosen = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; known.has(free.toLowerCase()) || chosen.has(free); number++) free = `${name}_${number}`;
    chosen.add(free);
    return free;
  });
}

/** Columns that are added to rows: their names are chosen for the first rows, and stay. */
export function addedColumns(names: readonly string[]) {
  let free: readonly string[] | undefined;
  return {
    /** @throws {MlctlError} kind "data" if a later row of JSON Lines, whose columns may come late, has one of the names */
    beside(columns: readonly string[]): readonly string[] {
      if (free === undefined) return (free = freeNames(names, columns));
      const taken = free.find((column) => columns.includes(column));
      if (taken === undefined) return free;
      throw new MlctlError("data", `a later row has a column called "${taken}", like the one that is added`, {
        hint: "rename or drop it first",
      });
    },
    /** One for each name that was replaced. */
    notes: (): string[] =>
      names.flatMap((name, i) =>
        free === undefined || free[i] === name
          ? []
          : [`the rows have a column called "${name}": the column that is added is called "${free[i]}"`],
      ),
  };
}
