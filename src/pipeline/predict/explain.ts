/** Computes SHAP values: the contribution of each feature to each prediction. */
import { MlctlError } from "../../core/errors.ts";
import type { Contributions } from "../../core/estimator.ts";
import type { Model } from "../../core/records/model.ts";
import { sliceRows, type Table, type TargetSpec } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { withoutPrefixes } from "../../features/branches.ts";
import { featuresByColumn } from "../../features/inputColumns.ts";
import { compileTransforms } from "../../features/compileTransforms.ts";

/** Rows per block: TreeSHAP's tables pay off over many rows, and a block limits the memory. */
const BLOCK_ROWS = 2000;

/** Characters of a model up to which rows are explained quickly; deep forests take much longer for each. */
const QUICK_MODEL = 1_500_000;

export interface Explained {
  readonly featureNames: readonly string[];
  /** Positions of the features of each input column. */
  readonly columns: ReadonlyMap<string, readonly number[]>;
  readonly outputCount: number;
  readonly baseValues: readonly number[];
  /** Set if contributions are not in the task's usual unit. */
  readonly unit?: string;
  /** (n_samples × outputCount × n_features), see `Contributions`. */
  readonly values: Float64Array;
}

/**
 * @param table the model's input columns (see conformTable)
 * @param outputs see `Estimator.contributions`
 * @throws {MlctlError} kind "usage" for a family without SHAP values
 */
export function explain(model: Pick<Model, "transforms" | "estimator">, table: Table, outputs?: number): Explained {
  const { family, featureNames } = model.estimator;
  const estimator = findEstimator(family);
  if (estimator.contributions === undefined) {
    const hint = "use mlctl explain --method permutation for permutation importance";
    throw new MlctlError("usage", `${family} does not support SHAP values`, { hint });
  }
  const toMatrix = compileTransforms(model.transforms);
  const explainFrom = (start: number): Contributions =>
    estimator.contributions!(model.estimator, toMatrix(sliceRows(table, start, start + BLOCK_ROWS)), outputs);
  const first = explainFrom(0);
  const { outputCount, baseValues, unit } = first;
  const width = outputCount * featureNames.length;
  const values = new Float64Array(table.rowCount * width);
  values.set(first.values);
  for (let start = BLOCK_ROWS; start < table.rowCount; start += BLOCK_ROWS)
    values.set(explainFrom(start).values, start * width);
  const own = { featureNames, outputCount, baseValues: [...baseValues], values, ...(unit && { unit }) };
  const explained = merged(own, withoutPrefixes(model.transforms, featureNames));
  return { ...explained, columns: featuresByColumn(explained.featureNames, model.transforms) };
}

/** The same by input column: the sums over the features of each. */
export function byInputColumn(explained: Explained): Explained {
  const names: string[] = [];
  for (const [column, places] of explained.columns) for (const place of places) names[place] = column;
  return { ...explained, ...merged(explained, names) };
}

/** By row and feature: the contribution; of several outputs, those to each. */
export function contributionsByRow({ featureNames, outputCount, values }: Explained): (number | number[])[][] {
  const width = featureNames.length;
  return Array.from({ length: values.length / (width * outputCount) }, (_, row) =>
    featureNames.map((__, feature) => {
      const start = row * outputCount * width + feature;
      if (outputCount === 1) return values[start]!;
      return Array.from({ length: outputCount }, (___, output) => values[start + output * width]!);
    }),
  );
}

/** The unit of SHAP values in words. "margin": an input of the softmax, of which no probability follows without the others. */
export function shapUnit({ task, name }: Pick<TargetSpec, "task" | "name">, unit: Explained["unit"]): string {
  if (unit === "log_target") return `logarithm of ${name}`;
  return { regression: name, binary: "log-odds", multiclass: "margin" }[task];
}

/** How many rows to explain where a sample does: at most `rows`, of a large model fewer. */
export function quickRows({ estimator }: Pick<Model, "estimator">, rows: number): number {
  const share = Math.min(1, QUICK_MODEL / JSON.stringify(estimator.state).length);
  return Math.floor(rows * Math.max(share, 0.08));
}

/** Adds up the features of one name, such as those of several members of an ensemble. */
function merged(explained: Omit<Explained, "columns">, names: readonly string[]) {
  if (names === explained.featureNames) return explained;
  const places = new Map([...new Set(names)].map((name, place) => [name, place]));
  const [from, to] = [names.length, places.size];
  const into = names.map((name) => places.get(name)!);
  const values = new Float64Array((explained.values.length / from) * to);
  for (let i = 0; i < explained.values.length; i++)
    values[Math.floor(i / from) * to + into[i % from]!]! += explained.values[i]!;
  return { ...explained, featureNames: [...places.keys()], values };
}
