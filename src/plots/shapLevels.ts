/** Classifies each value of a feature as low, middle or high. */
export type Level = "low" | "middle" | "high" | "missing";

/** By terciles. A feature with two values has only low and high; equal values always get the same level. */
export function shapLevels(values: ArrayLike<number>): readonly Level[] {
  const all = Array.from(values);
  const sorted = Float64Array.from(all.filter((value) => !Number.isNaN(value))).toSorted();
  const [least, greatest] = [sorted[0], sorted.at(-1)];
  const isPair = sorted.every((value) => value === least || value === greatest);
  const [first, second] = [sorted[Math.floor(sorted.length / 3)]!, sorted[Math.floor((2 * sorted.length) / 3)]!];
  return all.map((value) => {
    if (Number.isNaN(value)) return "missing";
    if (isPair) return value === least ? "low" : "high";
    if (value <= first) return "low";
    return value > second ? "high" : "middle";
  });
}
