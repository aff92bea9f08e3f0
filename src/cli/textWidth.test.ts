import stringWidth from "string-width";
import { expect, it } from "vitest";
import { textWidth, truncate } from "./textWidth.ts";

it("is the width that string-width gives, also where that is not loaded", () => {
  const ranges = [
    0x20, 0x7e, 0xa0, 0x2ff, 0x2010, 0x205e, 0x2190, 0x2193, 0x2212, 0x2212, 0x2500, 0x259f, 0x2713, 0x2717,
  ];
  for (let i = 0; i < ranges.length; i += 2)
    for (let code = ranges[i]!; code <= ranges[i + 1]!; code++) {
      const text = `a${String.fromCodePoint(code)}b`;
      expect(textWidth(text), code.toString(16)).toBe(stringWidth(text));
    }
  for (const text of ["", "東京", "👩‍👩‍👧", "e\u0301", "\u001b[31mred\u001b[39m", "⣿", "a\u00adb", "한국어"])
    expect(textWidth(text), text).toBe(stringWidth(text));
});

it("truncates between characters as people see them", () => {
  expect(truncate("東京タワー", 5)).toBe("東京…");
  expect(truncate("👩‍👩‍👧👩‍👩‍👧", 3)).toBe("👩‍👩‍👧…");
  expect(truncate("plain", 5)).toBe("plain");
});
