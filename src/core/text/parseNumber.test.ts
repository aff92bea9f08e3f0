import { expect, it } from "vitest";
import { random } from "../random.ts";
import { parseNumber } from "./valueFormat.ts";

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

it("parses plain decimals exactly as Number does", () => {
  const { integer, uniform } = random(11);
  for (let i = 0; i < 20_000; i++) {
    const digits = Array.from({ length: 1 + integer(17) }, () => integer(10)).join("");
    const point = integer(digits.length + 2);
    const text = `${uniform() < 0.3 ? "-" : ""}${point > digits.length ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`}`;
    expect(Object.is(parseNumber(text), Number(text)), text).toBe(true);
  }
  for (const text of ["-", ".", "-.", "", "1.2.3", "1-2"]) expect(parseNumber(text)).toBeUndefined();
});
