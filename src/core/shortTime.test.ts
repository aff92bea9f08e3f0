import { expect, it } from "vitest";
import { shortTime } from "./text/format.ts";

it("drops the milliseconds", () => {
  expect(shortTime("2026-11-21T10:06:15.061Z")).toBe("2026-11-21T10:06:15Z");
  expect(shortTime("2026-11-21T10:06:15Z")).toBe("2026-11-21T10:06:15Z");
});
