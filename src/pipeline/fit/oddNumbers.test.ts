import { expect, it } from "vitest";
import { estimators } from "../../estimators/index.ts";
import { transforms } from "../../features/index.ts";
import { runOddCases } from "../../testing/oddRun.ts";

/** A seed chooses family and transform by its remainders: each pair occurs once. */
const CASES = Object.values(estimators).flatMap(({ tasks }) => tasks).length * Object.keys(transforms).length;

it("every fit on NaN, infinite, huge, tiny, constant and collinear numbers ends: fitted or refused, and reads back", async () => {
  const { problems, fittedFamilies, fittedTransforms, fitted, refused } = await runOddCases(0, CASES, 10_000);
  expect(problems).toEqual([]);
  expect(fittedFamilies).toEqual(new Set([...Object.keys(estimators), "statistics"]));
  // With random options some are always refused; oddNumbersMany.test.ts fits each of them.
  expect(fittedTransforms.size).toBeGreaterThan(0.7 * Object.keys(transforms).length);
  // Neither refuses all nor accepts all; the statistics of each case count as one.
  expect(fitted - CASES).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
});
