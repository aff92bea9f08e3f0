import { expect, it } from "vitest";
import { monitorExit } from "./monitorRecord.ts";

it("counts warnings only with warn, and only those of the areas named", () => {
  const windows = [{ failed: [], warned: ["quality" as const], unjudged: [] }];
  expect(monitorExit(windows, ["quality", "drift"])).toBe(0);
  expect(monitorExit(windows, ["drift", "warn"])).toBe(0);
  expect(monitorExit(windows, ["quality", "warn"])).toBe(12);
  // Without an area, all of them count.
  expect(monitorExit(windows, ["warn"])).toBe(12);
  expect(monitorExit([{ failed: ["drift", "performance"], warned: [], unjudged: [] }], ["performance", "drift"])).toBe(
    13,
  );
  expect(monitorExit([{ failed: ["drift"], warned: [], unjudged: [] }], ["quality", "drift"])).toBe(11);
  expect(monitorExit([{ failed: [], warned: [], unjudged: ["performance"] }], ["performance", "warn"])).toBe(14);
});
