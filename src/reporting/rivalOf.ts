import type { ScoreRecord } from "../core/records/lineage.ts";
import type { MetricLabel } from "./reportInput.ts";

/** What the model has to beat on the test rows: the baseline, or a naive forecast if that is better. */
export function rivalOf({ baseline, naive }: ScoreRecord, { name, greaterIsBetter }: MetricLabel) {
  const [value, other] = [baseline[name], naive?.metrics[name]];
  const constant = { value, name: "the baseline", does: "ignores all columns", guess: "Without any column" };
  if (naive === undefined || typeof other !== "number") return constant;
  if (typeof value === "number" && other > value !== greaterIsBetter) return constant;
  const family = naive.family.replaceAll("_", " ");
  return {
    value: other,
    name: `the ${family} forecast`,
    does: "repeats an earlier value",
    guess: `By the ${family} forecast`,
  };
}
