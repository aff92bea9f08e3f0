/** The drift test that config.json names for a column. */
import { MlctlError } from "../core/errors.ts";
import { suggest } from "../core/text/suggest.ts";
import type { DriftTest } from "../drift/driftTest.ts";
import { driftTests, type DriftTestName } from "../drift/index.ts";

/** As Evidently calls them: whoever moves over keeps his settings. */
const evidentlyNames: ReadonlyMap<string, DriftTestName> = new Map([
  ["z", "z_test"],
  ["chisquare", "chi_square"],
  ["jensenshannon", "jensen_shannon"],
  ["kl_div", "kullback_leibler"],
  ["ed", "energy"],
  ["mannw", "mann_whitney"],
  ["anderson", "anderson_darling"],
]);

/** @throws {MlctlError} kind "usage" where there is no such test */
export function driftTestNamed(wanted: string, column: string): DriftTest & { readonly name: DriftTestName } {
  const names = Object.keys(driftTests) as DriftTestName[];
  const name = evidentlyNames.get(wanted) ?? names.find((known) => known === wanted);
  if (name !== undefined) return { ...driftTests[name], name };
  const near = suggest(wanted, names);
  throw new MlctlError("usage", `unknown drift test "${wanted}" for column "${column}"`, {
    hint: near === undefined ? `use one of ${names.join(", ")}` : `did you mean "${near}"?`,
  });
}

/** @throws {MlctlError} kind "usage": a test of numbers was named for a column of categories */
export function unsuitable(name: string, test: DriftTest, kind: string): MlctlError {
  return new MlctlError("usage", `drift test "${test.name}" does not suit column "${name}": it is a ${kind}`, {
    hint: `use ${suitable.map((each) => `"${each}"`).join(", ")}, or leave "test" out`,
  });
}

const suitable = Object.values<DriftTest>(driftTests).flatMap(({ name, input }) => (input === "counts" ? [name] : []));
