/** Parses flags such as `--max-drop auc=0.01`: one value per metric. */
import { MlctlError } from "../core/errors.ts";

/** @throws {MlctlError} kind "usage" if a value is not metric=number with a number of at least 0 */
export function metricValues(flag: string, given: readonly string[] | undefined): Record<string, number> {
  const pairs = (given ?? [])
    .flatMap((list) => list.split(","))
    .map((text): [string, number] => {
      const [, name, amount] = /^([A-Za-z]\w*)=(.+)$/.exec(text) ?? [];
      const value = Number(amount);
      if (name !== undefined && Number.isFinite(value) && value >= 0) return [name, value];
      throw new MlctlError("usage", `${flag} takes a metric and a number of at least 0, found "${text}"`, {
        hint: `write ${flag} roc_auc=0.01`,
      });
    });
  return Object.fromEntries(pairs);
}
