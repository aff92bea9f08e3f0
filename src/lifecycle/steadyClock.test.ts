import { expect, it } from "vitest";
import type { Dataset } from "../core/records/lineage.ts";
import type { RunStore } from "../storage/store/runStore.ts";
import { steadyClock } from "./session.ts";

const store = (createdAt?: string): Pick<RunStore, "datasets" | "runs" | "deployments"> => ({
  datasets: () => (createdAt === undefined ? [] : [{ createdAt } as Dataset]),
  runs: () => [],
  deployments: () => [],
});

it("returns the current time if no record is newer, and never the same instant twice", () => {
  const clock = steadyClock(store(), () => new Date(5000));
  expect([clock().getTime(), clock().getTime()]).toEqual([5000, 5001]);
});

it("continues after the newest record if the machine's clock is behind it by up to a day", () => {
  const clock = steadyClock(store("2026-01-02T00:00:00.000Z"), () => new Date("2026-01-01T00:00:00.000Z"));
  expect(clock().toISOString()).toBe("2026-01-02T00:00:00.001Z");
});

it("returns the current time if a record was written while the clock was years ahead", () => {
  const clock = steadyClock(store("2036-01-01T00:00:00.000Z"), () => new Date("2026-01-01T00:00:00.000Z"));
  expect(clock().toISOString()).toBe("2026-01-01T00:00:00.000Z");
});
