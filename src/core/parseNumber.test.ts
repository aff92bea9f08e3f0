import { expect, it } from "vitest";
import { parseNumber } from "./parseNumber.ts";

it.each([
  ["1", 1],
  [" -2.5e3 ", -2500],
  [7, 7],
  ["NaN", NaN],
  ["-inf", -Infinity],
  ["", undefined],
  ["0x10", undefined],
  ["1,5", undefined],
  [true, undefined],
  [null, undefined],
])("reads %j as %s", (value, number) => expect(parseNumber(value)).toBe(number));
