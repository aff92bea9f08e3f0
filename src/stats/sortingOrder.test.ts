import { expect, it } from "vitest";
import { random } from "../core/random.ts";
import { sortingOrder } from "./sortingOrder.ts";

/** Multiples of ½, for ties, and both zeros, both infinities and the extremes of a double. */
function mixed(count: number): Float64Array {
  const { uniform, integer } = random(3);
  const special = [0, -0, Infinity, -Infinity, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, -1e-300];
  return Float64Array.from({ length: count }, () => {
    if (uniform() < 0.1) return special[integer(special.length)]!;
    return uniform() < 0.5 ? (integer(200) - 100) / 2 : (uniform() - 0.5) * 10 ** integer(20);
  });
}

it.each([0, 1, 2, 4_999, 5_000, 5_001, 60_000])("orders %i values like a stable comparison sort", (count) => {
  const values = mixed(count);
  const compared = Array.from(values.keys()).toSorted((a, b) => {
    if (values[a]! < values[b]!) return -1;
    return values[a]! > values[b]! ? 1 : a - b;
  });
  expect(Array.from(sortingOrder(values))).toEqual(compared);
});
