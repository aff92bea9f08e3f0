import { expect, it } from "vitest";
import { textWidth } from "./textWidth.ts";

it("adds the advance widths of DejaVu Sans", () => {
  // hmtx of DejaVuSans.ttf: A 684, g 635, " " 318 thousandths: 1.637 em of 10 px.
  expect(textWidth("Ag ", 10)).toBeCloseTo(16.37, 10);
  expect(textWidth("Ag ", 10, true)).toBeGreaterThan(16.37);
});

it("counts a Chinese character as 1 em and an accented letter as 0.65 em", () => {
  expect(textWidth("中", 10)).toBe(10);
  expect(textWidth("é", 10)).toBe(6.5);
});
