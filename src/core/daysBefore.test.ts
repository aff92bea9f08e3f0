import { expect, it } from "vitest";
import { daysBefore } from "./text/format.ts";

const now = new Date("2026-03-01T12:00:00Z");

it("goes back by whole and fractional days", () => {
  expect(daysBefore(now, 1)).toBe("2026-02-28T12:00:00.000Z");
  expect(daysBefore(now, 0.5)).toBe("2026-03-01T00:00:00.000Z");
});

it("sorts before every record for any number of days", () => {
  for (const days of [1e6, 1e9, 1e300, Number.MAX_VALUE]) expect(daysBefore(now, days) < "1970").toBe(true);
});
