/** Looks up the drift test that config.json names for a column. */
import { MlctlError } from "../core/errors.ts";
import { didYouMean } from "../core/text/suggest.ts";
import type { DriftTest } from "../drift/driftTest.ts";
import { driftTests, type DriftTestName } from "../drift/index.ts";

/** Evidently's names, so that settings can be copied from there. */
const evidentlyNames: ReadonlyMap<string, DriftTestName> = new Map([
  ["z", "z_test"],
  ["chisquare", "chi_square"],
  ["jensenshannon", "jensen_shannon"],
  ["kl_div", "kullback_leibler"],
  ["ed", "energy"],
  ["mannw", "mann_whitney"],
  ["anderson", "anderson_darling"],
]);

/** @throws {MlctlError} kind "usage": unknown test */
export function driftTestNamed(wanted: string, column: string): DriftTest & { readonly name: DriftTestName } {
  const names = Object.keys(driftTests) as DriftTestName[];
  const name = evidentlyNames.get(wanted) ?? names.find((known) => known === wanted);
  if (name !== undefined) return { ...driftTests[name], name };
  throw new MlctlError("usage", `unknown drift test "${wanted}" for column "${column}"`, {
    hint: didYouMean(wanted, names) ?? `use one of ${names.join(", ")}`,
  });
}

/** The error for a test of numbers that was named for a column of categories. */
export function unsuitable(name: string, test: DriftTest): MlctlError {
  const suitable = Object.values<DriftTest>(driftTests).filter(({ input }) => input === "counts");
  return new MlctlError("usage", `drift test "${test.name}" needs numbers, but column "${name}" holds categories`, {
    hint: `use ${suitable.map((each) => `"${each.name}"`).join(", ")}, or remove "test"`,
  });
}
