import { describe, expect, it } from "vitest";
import { unusable } from "./engine.ts";

describe("unusable", () => {
  it.each<[NodeJS.Platform, string, string]>([
    ["win32", "Failed to load shared library: The specified module could not be found.", "Visual C++ Redistributable"],
    ["darwin", "Library not loaded: @rpath/libomp.dylib", "brew install libomp"],
    ["linux", "invalid ELF header", "the WebAssembly engine needs no library"],
  ])("on %s says what is missing", (platform, reason, hint) => {
    expect(unusable(reason, platform)).toMatchObject({ hint: expect.stringContaining(hint) as string });
  });
});
