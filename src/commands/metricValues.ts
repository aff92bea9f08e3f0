/** Flags such as `--max-drop auc=0.01`: a figure by metric. */
import { MlctlError } from "../core/errors.ts";

/** @throws {MlctlError} kind "usage" for what is no metric=number */
export function metricValues(flag: string, given: readonly string[] | undefined): Record<string, number> {
  const texts = (given ?? []).flatMap((text) => text.split(","));
  const pairs = texts.map((text): [string, number] => {
    const [, name, figure] = /^([A-Za-z]\w*)=(.+)$/.exec(text) ?? [];
    const value = Number(figure);
    if (name !== undefined && Number.isFinite(value) && value >= 0) return [name, value];
    throw new MlctlError("usage", `${flag} takes a metric and a number of at least 0, found "${text}"`, {
      hint: `write ${flag} roc_auc=0.01`,
    });
  });
  return Object.fromEntries(pairs);
}
