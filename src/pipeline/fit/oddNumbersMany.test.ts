import { expect, it } from "vitest";
import { estimators } from "../../estimators/index.ts";
import { transforms } from "../../features/index.ts";
import { runOddCases } from "../../testing/oddRun.ts";

it("ten thousand seeded cases meet every family and every transform", async () => {
  const { problems, fittedFamilies, fittedTransforms } = await runOddCases(1000, 10_000, 20_000);
  expect(problems).toEqual([]);
  expect(fittedFamilies).toEqual(new Set([...Object.keys(estimators), "statistics"]));
  expect([...fittedTransforms].toSorted()).toEqual(Object.keys(transforms).toSorted());
});
