/** Sample weights by class, e.g. to give rare classes more weight. */
import { MlctlError } from "../../core/errors.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import { didYouMean } from "../../core/text/suggest.ts";

/** "balanced": n / (classes · rows of the class). Else weights by label; other classes weigh 1. */
export type ClassWeight = "balanced" | Readonly<Record<string, number>>;

/**
 * As scikit-learn's compute_sample_weight.
 * @param y class codes, (n_samples)
 * @returns one weight per row; undefined without weights, and always for regression
 * @throws {MlctlError} kind "usage" for a label that is not a class of the target
 */
export function classWeights(
  y: Float64Array,
  { name, classes }: TargetSpec,
  weight: ClassWeight | null,
): Float64Array | undefined {
  if (weight === null || classes === undefined) return undefined;
  const weightOf = weight === "balanced" ? balanced(y, classes.length) : byLabel(weight, { name, classes });
  return y.map((code) => weightOf[code]!);
}

function balanced(y: Float64Array, classCount: number): number[] {
  const counts = Array.from({ length: classCount }, () => 0);
  for (const code of y) counts[code]!++;
  return counts.map((count) => y.length / (classCount * count));
}

function byLabel(
  weight: Readonly<Record<string, number>>,
  { name, classes }: { readonly name: string; readonly classes: readonly string[] },
): number[] {
  const unknown = Object.keys(weight).find((label) => !classes.includes(label));
  if (unknown !== undefined) {
    throw new MlctlError("usage", `train.class_weight: "${unknown}" is not a class of "${name}"`, {
      hint: didYouMean(unknown, classes, `classes: ${classes.slice(0, 20).join(", ")}`),
    });
  }
  return classes.map((label) => weight[label] ?? 1);
}
