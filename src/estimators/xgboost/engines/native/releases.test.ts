import { describe, expect, it } from "vitest";
import { availableWheel, installHint, wheels } from "./releases.ts";

describe("availableWheel", () => {
  it.each([
    ["linux-x64", true],
    ["linux-x64-musl", false],
    ["linux-arm64", true],
    ["linux-ppc64", false],
    ["freebsd-x64", false],
    ["darwin-arm64", true],
    ["win32-x64", true],
  ])("%s: %s", (machine, expected) => {
    expect(availableWheel(machine) !== null).toBe(expected);
  });
});

describe("installHint", () => {
  it.each([
    ["", wheels["linux-x64"]!, "`mlctl engine install`"],
    ["none", wheels["linux-x64"]!, "unset it"],
    ["", null, "set MLCTL_XGBOOST_LIBRARY"],
  ])("names what helps where the variable is %j", (named, wheel, expected) => {
    expect(installHint(named, wheel)).toContain(expected);
  });
});
