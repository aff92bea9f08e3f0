import { expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { intervalsOf } from "./forecastIntervals.ts";

const [TESTED, STEP, SERIES] = [100, 80, 150];
const levels = [0.8, 0.95];

/** Shares of series that are forecast by their last value, whose value some steps later is within the intervals of the levels. */
function coverage(series: (normal: () => number) => () => number): number[] {
  const { normal } = random(9);
  const covered = levels.map(() => 0);
  for (let i = 0; i < SERIES; i++) {
    const y = Float64Array.from({ length: TESTED + STEP + 1 }, series(normal));
    const errorsOf = (step: number): Float64Array =>
      Float64Array.from({ length: TESTED - step + 1 }, (_, origin) => y[origin + step]! - y[origin]!);
    const residuals = [Array.from({ length: STEP }, (_, at) => errorsOf(at + 1))];
    const asked = { steps: Int32Array.of(STEP), seriesOf: [0] };
    const { bounds } = intervalsOf({ residuals }, asked, { predicted: Float64Array.of(y[TESTED]!), levels });
    const value = y[TESTED + STEP]!;
    bounds[0]!.forEach((each, at) => (covered[at]! += each![0] <= value && value <= each![1] ? 1 : 0));
  }
  return covered.map((count) => count / SERIES);
}

// Two standard errors are 0.065 and 0.036.
it("covers what it claims far ahead, where the back-tests have most steps in common", () => {
  const [narrow, wide] = coverage((normal) => {
    let at = 0;
    return () => (at += normal());
  });
  expect(narrow).toBeGreaterThan(0.73);
  // It was 0.73: from 21 errors, of which only one or two are independent.
  expect(wide).toBeGreaterThan(0.91);
});

it("is hardly wider than it has to be where the errors of a step are independent", () => {
  const [narrow, wide] = coverage((normal) => normal);
  expect(narrow).toBeGreaterThan(0.73);
  expect(narrow).toBeLessThan(0.92);
  expect(wide).toBeGreaterThan(0.91);
});

it("does not widen at the last step, which has a single error", () => {
  const { normal } = random(4);
  const errors = [40, 20, 2, 1].map((count) => Float64Array.from({ length: count }, normal));
  const asked = { steps: Int32Array.of(1, 2, 3, 4), seriesOf: [0, 0, 0, 0] };
  const { bounds } = intervalsOf({ residuals: [errors] }, asked, { predicted: new Float64Array(4), levels });
  expect(bounds[3]![1]![1]).toBeLessThan(1.5 * bounds[2]![1]![1]);
});
