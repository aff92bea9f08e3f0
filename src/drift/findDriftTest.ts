/** Looks up a drift test by its name. */
import { MlctlError } from "../core/errors.ts";
import { didYouMean } from "../core/text/suggest.ts";
import type { DriftTest } from "./driftTest.ts";
import { driftTests } from "./index.ts";

const all: readonly DriftTest[] = Object.values(driftTests);

/**
 * The test that config.json names for a column, by our name or Evidently's, so that settings can be copied from there.
 * @throws {MlctlError} kind "usage": unknown test
 */
export function findDriftTest(wanted: string, column: string): DriftTest {
  const found = all.find(({ name, evidentlyName }) => name === wanted || evidentlyName === wanted);
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name);
  throw new MlctlError("usage", `unknown drift test "${wanted}" for column "${column}"`, {
    hint: didYouMean(wanted, names, `use one of ${names.join(", ")}`),
  });
}

/** Display name of a recorded test, which another version of mlctl may have computed. */
export function driftTestLabel(name: string): string {
  return all.find((test) => test.name === name)?.label ?? name.replaceAll("_", " ");
}

/** Whether values of a recorded test are p-values, of which small ones are drift. */
export function isPValueTest(name: string): boolean {
  return all.find((test) => test.name === name)?.measure === "p_value";
}

/** The names for the description in config.json's schema: "p-values: ks, … (numbers), …; distances: …". */
export function driftTestList(): string {
  return `p-values: ${namesOf("p_value")}; distances: ${namesOf("distance")}`;
}

function namesOf(measure: DriftTest["measure"]): string {
  const names = (input: DriftTest["input"]): string[] =>
    all.filter((test) => test.measure === measure && test.input === input).map(({ name }) => name);
  return `${names("values").join(", ")} (numbers), ${names("counts").join(", ")}`;
}

/** The error for a test of numbers that was named for a column of categories. */
export function unsuitable(name: string, test: DriftTest): MlctlError {
  const suitable = all.filter(({ input }) => input === "counts").map((each) => `"${each.name}"`);
  return new MlctlError("usage", `drift test "${test.name}" needs numbers, but column "${name}" holds categories`, {
    hint: `use ${suitable.join(", ")}, or remove "test"`,
  });
}
