import { describe, expect, it } from "vitest";
import { availableWheel, installHint, wheels } from "./releases.ts";

describe("availableWheel", () => {
  it.each([
    ["linux", "x64", false, true],
    ["linux", "x64", true, false],
    ["linux", "arm64", false, true],
    ["linux", "ppc64", false, false],
    ["freebsd", "x64", false, false],
    ["darwin", "arm64", false, true],
    ["win32", "x64", false, true],
  ])("%s %s, musl %s: %s", (platform, arch, isMusl, expected) => {
    expect(availableWheel({ platform, arch, isMusl }) !== null).toBe(expected);
  });
});

describe("installHint", () => {
  it.each([
    [undefined, wheels["linux-x64"]!, "`mlctl engine install`"],
    ["none", wheels["linux-x64"]!, "unset it"],
    [undefined, null, "set MLCTL_XGBOOST_LIBRARY"],
  ])("names what helps where the variable is %s", (named, wheel, expected) => {
    expect(installHint(named, wheel)).toContain(expected);
  });
});
