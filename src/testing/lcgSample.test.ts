import { expect, it } from "vitest";
import { lcgSample } from "./lcgSample.ts";

it("matches the generator calculated by hand", () => {
  // (1664525 × 1 + 1013904223) / 2³²
  expect([...lcgSample([1, 1])]).toEqual([1015568748 / 2 ** 32]);
});
