import { expect, it } from "vitest";
import { rateLimit } from "./rateLimit.ts";

it("allows a minute's requests at once, then spreads them evenly, for each caller", () => {
  let now = 0;
  const wait = rateLimit(6, () => now);
  expect(Array.from({ length: 7 }, () => Math.round(wait("a")))).toEqual([0, 0, 0, 0, 0, 0, 10_000]);
  expect(wait("b")).toBe(0);
  now = 4000;
  // Fractions of a minute are not exact in binary.
  expect(wait("a")).toBeCloseTo(6000, 6);
  // At 6 requests per minute, one is allowed every 10 s.
  now = 10_001;
  expect([wait("a"), Math.round(wait("a"))]).toEqual([0, 9999]);
  now = 1_000_000;
  expect(Array.from({ length: 7 }, () => wait("a") === 0).filter(Boolean)).toHaveLength(6);
});

it("remembers at most ten thousand callers", () => {
  const wait = rateLimit(1, () => 0);
  expect(wait("first")).toBe(0);
  expect(wait("first")).toBeCloseTo(60_000, 6);
  for (let i = 0; i < 10_000; i++) wait(`caller ${i}`);
  // No bucket is full, so the oldest caller was forgotten.
  expect(wait("first")).toBe(0);
});
