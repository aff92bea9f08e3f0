import { expect, it } from "vitest";
import { milliseconds, parseDuration } from "./format.ts";

it.each([
  ["500ms", 500, "500 milliseconds"],
  ["1s", 1000, "1 second"],
  ["1.5h", 5_400_000, "1.5 hours"],
  ["30d", 2_592_000_000, "30 days"],
  ["2w", 1_209_600_000, "2 weeks"],
  ["0s", 0, "0 seconds"],
])("%s", (text, expected, words) => {
  expect(parseDuration(text)).toEqual({ text, milliseconds: expected, words });
});

it.each(["", "10", "h", "-1h", "1 h", "1H", "1e3s", "1.h", "٣d", "10m "])("%j is not a duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
  expect(() => milliseconds(text)).toThrow(/is not a duration/);
});
