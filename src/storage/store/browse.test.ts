import { describe, expect, it } from "vitest";
import { exampleRun } from "../../testing/exampleRecords.ts";
import { openMemoryStore } from "./openStore.ts";
import type { Run } from "../../core/records/lineage.ts";

function storeOf(runs: readonly Run[]) {
  const store = openMemoryStore();
  store.rebuild(
    runs.map((record) => ({ path: `models/run_${record.runId}.json`, stat: "1", sha256: record.runId, record })),
  );
  return store;
}

const runs = [1, 2, 3, 4, 5, 6].map((n) =>
  exampleRun(n, {
    createdAt: `2026-02-01T00:0${Math.ceil(n / 2)}:00.000Z`,
    rank: n % 2 === 1 ? 1 : 2,
    family: n <= 4 ? "xgboost" : "baseline",
    seconds: n,
    tags: n === 2 ? { owner: "ann" } : n === 3 ? { owner: "bo" } : {},
    metrics: n === 3 ? {} : { f1: n / 10 },
    score: null,
  }),
);
const idsOf = (found: readonly Run[]): string[] => found.map(({ runId }) => runId);

describe("browse", () => {
  const store = storeOf(runs);
  const { browse } = store;

  it("pages through runs, newest first and candidates of a training by rank", () => {
    expect(idsOf(store.runs({ limit: 4, offset: 0 }))).toEqual(["run5", "run6", "run3", "run4"]);
    expect(idsOf(store.runs({ limit: 4, offset: 4 }))).toEqual(["run1", "run2"]);
    expect(browse.runCount()).toBe(6);
  });

  it("orders by a metric, in both directions, with runs without it last", () => {
    const by = { part: "validation", name: "f1" } as const;
    expect(idsOf(store.runs({ by }))).toEqual(["run6", "run5", "run4", "run2", "run1", "run3"]);
    expect(idsOf(store.runs({ by, ascending: true }))[0]).toBe("run1");
    expect(store.runs({ by: { ...by, part: "test" } })).toHaveLength(6);
  });

  it("filters by family and by winners, together with an order", () => {
    const by = { part: "validation", name: "f1" } as const;
    expect(idsOf(store.runs({ family: "xgboost", winners: true }))).toEqual(["run3", "run1"]);
    expect(idsOf(store.runs({ family: "xgboost", winners: true, by }))).toEqual(["run1", "run3"]);
    expect(store.runs({ family: "' OR 1=1 --" })).toEqual([]);
  });

  it("orders by seconds and by time, the oldest first too", () => {
    expect(idsOf(store.runs({ by: "seconds", ascending: true }))[0]).toBe("run1");
    expect(idsOf(store.runs({ by: "createdAt", ascending: true, limit: 3 }))).toEqual(["run1", "run2", "run3"]);
  });

  it("filters by a tag, with its value or without, and by deployments", () => {
    expect(idsOf(store.runs({ tag: "owner=ann" }))).toEqual(["run2"]);
    expect(idsOf(store.runs({ tag: "owner" }))).toEqual(["run3", "run2"]);
    expect(store.runs({ tag: "own" })).toEqual([]);
    expect(store.runs({ deployed: true })).toEqual([]);
  });

  it("lists the families and metrics to choose from", () => {
    expect(browse.families()).toEqual(["baseline", "xgboost"]);
    expect(browse.metricNames("validation")).toEqual(["f1"]);
    expect([browse.metricNames("test"), storeOf([]).browse.families()]).toEqual([[], []]);
  });
});
