/** Weights of rows by their class, so that a rare class counts for more. */
import { MlctlError } from "../../core/errors.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import { suggest } from "../../core/text/suggest.ts";

/** "balanced": n / (classes · rows of the class). Else by label; a class that is not named weighs 1. */
export type ClassWeight = "balanced" | Readonly<Record<string, number>>;

/**
 * As scikit-learn's compute_sample_weight.
 * @param y class codes, (n_samples)
 * @returns one weight a row; undefined where nothing is weighted, which is always so in a regression
 * @throws {MlctlError} kind "usage" for a label that is no class of the target
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
    const near = suggest(unknown, classes);
    throw new MlctlError("usage", `train.class_weight: "${unknown}" is not a class of "${name}"`, {
      hint: near === undefined ? `its classes are ${classes.slice(0, 20).join(", ")}` : `did you mean "${near}"?`,
    });
  }
  return classes.map((label) => weight[label] ?? 1);
}
