import { expect, it } from "vitest";
import { timestamp } from "./text/format.ts";

it("formats UTC to the millisecond without separators, so that names sort by time", () => {
  expect(timestamp(new Date(Date.UTC(2026, 10, 21, 9, 5, 3, 7)))).toBe("20261121T090503007Z");
});
