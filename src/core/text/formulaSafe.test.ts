import { expect, it } from "vitest";
import { formulaSafe } from "./format.ts";

it("prefixes formulas with an apostrophe", () => {
  const dangerous = [
    "=1+1",
    '=HYPERLINK("http://x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "-",
    "+",
  ];
  expect(dangerous.map(formulaSafe)).toEqual(dangerous.map((text) => `'${text}`));
});

it("does not change numbers and plain text", () => {
  const plain = ["-5", "+1.5e3", "-.5", "1e-5", "a=b", "", " =1", "2026-01-01", "'quoted"];
  expect(plain.map(formulaSafe)).toEqual(plain);
});
