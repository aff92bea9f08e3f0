import { expect, it } from "vitest";
import { limitText } from "./recordText.ts";

const of = (name: string, status: "pass" | "warn" | "fail", rest: object) =>
  limitText({ name, status, value: 0.5, limit: 0.5, passes: "at_most", message: "", ...rest });

it("agrees with the verdict: a share of columns fails at its limit, others pass at theirs", () => {
  expect(of("dataset drift", "fail", {})).toBe("< 0.5");
  expect(of("missing values", "pass", {})).toBe("≤ 0.5");
  expect(of("drifted columns", "pass", { value: 0, limit: 0 })).toBe("≤ 0");
  expect(of("target drift", "pass", { passes: "at_least" })).toBe("≥ 0.5");
});

it("says what else decided if the value alone would not", () => {
  const small = { value: 0.003437, limit: 0.05, passes: "at_least", message: "… but the shift is small (psi 0.01)" };
  expect(of("target drift", "pass", small)).toBe("≥ 0.05 or psi < 0.1");
  expect(of("target drift", "pass", { ...small, message: "seasonal: …" })).toBe("≥ 0.05 or as in earlier years");
  const chance = { value: 0.7, limit: 0.72, passes: "at_least", message: "below the limit, but not significantly" };
  expect(of("f1", "pass", chance)).toBe("≥ 0.72 or by chance");
  expect(of("new categories", "warn", { value: 0.001, limit: 0.02 })).toBe("≤ 0.02, see message");
});

it("has nothing to add without a side or a limit", () => {
  expect(of("free disk", "fail", { passes: undefined, limit: 3 })).toBe("3");
  expect(of("f1", "pass", { limit: null })).toBeNull();
});
