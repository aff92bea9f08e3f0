import { describe, expect, it } from "vitest";
import type { MonitorFinding, MonitorRecord, MonitorStatus } from "../core/monitoring.ts";
import { changesFor, noAlerts, withRecord, withTold, type AlertState } from "./alertState.ts";

const ops = { name: "ops", on: ["drift", "quality", "performance"] as const, level: "fail" as const };

function rmse(status: MonitorStatus, value: number): MonitorFinding {
  const limit = { limit: 20, passes: "at_most" as const, interval: null, message: "" };
  return { area: "performance", name: "rmse", status, value, ...limit };
}

function record(
  findings: readonly MonitorFinding[],
  end: string | null = null,
  createdAt = "2026-01-01",
): MonitorRecord {
  const window = { label: "", start: null, end, rows: 1, labelled: 1, file: null };
  // Only what the state reads of a record.
  return { source: "files", window, createdAt, findings } as unknown as MonitorRecord;
}

/** What the channel is told of each status in turn, when it takes everything. */
function story(steps: readonly (readonly [MonitorStatus, number])[], level: "fail" | "warn" = "fail"): string[] {
  let state: AlertState = noAlerts;
  return steps.map(([status, value]) => {
    state = withRecord(state, record([rmse(status, value)]));
    const changes = changesFor(state, { ...ops, level });
    state = withTold(state, "ops", { keys: changes.map(({ key }) => key), at: "now" });
    return changes.map(({ change }) => change).join();
  });
}

describe("the state of alerts", () => {
  it("tells what opens and what is resolved once, however often it is seen", () => {
    expect(
      story([
        ["pass", 10],
        ["fail", 25],
        ["fail", 26],
        ["pass", 12],
        ["pass", 11],
        ["fail", 25],
      ]),
    ).toEqual(["", "open", "", "resolved", "", "open"]);
  });

  it("tells what is twice as far beyond its limit as when it was told", () => {
    expect(
      story([
        ["fail", 25],
        ["fail", 29],
        ["fail", 30],
        ["fail", 39],
        ["fail", 41],
      ]),
    ).toEqual(["open", "", "worse", "", "worse"]);
  });

  it("takes what could not be judged neither for good nor for bad", () => {
    expect(
      story([
        ["skipped", 0],
        ["fail", 25],
        ["skipped", 0],
        ["fail", 25],
      ]),
    ).toEqual(["", "open", "", ""]);
  });

  it("tells warnings only where they are asked for", () => {
    expect(
      story([
        ["warn", 25],
        ["fail", 25],
        ["warn", 21],
      ]),
    ).toEqual(["", "open", "resolved"]);
    expect(
      story(
        [
          ["warn", 25],
          ["fail", 25],
          ["warn", 21],
          ["pass", 1],
        ],
        "warn",
      ),
    ).toEqual(["open", "worse", "", "resolved"]);
  });

  it("tells a channel that was dead the same again, and the others not", () => {
    const state = withRecord(noAlerts, record([rmse("fail", 25)]));
    const key = changesFor(state, ops)[0]!.key;
    const told = withTold(state, "ops", { keys: [key], at: "now" });
    expect(changesFor(told, ops)).toEqual([]);
    expect(changesFor(told, { ...ops, name: "dead" })).toMatchObject([{ change: "open" }]);
    expect(changesFor(told, { ...ops, name: "drifters", on: ["drift"] })).toEqual([]);
  });

  it("is not moved by a window that is older than the one that says so", () => {
    const state = withRecord(noAlerts, record([rmse("fail", 25)], "2026-02-01"));
    expect(withRecord(state, record([rmse("pass", 1)], "2026-01-01"))).toEqual(state);
    expect(withRecord(state, record([rmse("pass", 1)], "2026-03-01")).entries["files/performance/rmse"]).toMatchObject({
      finding: { status: "pass" },
    });
  });

  it("remembers since when a finding is as it is", () => {
    let state = withRecord(noAlerts, record([rmse("fail", 25)], null, "monday"));
    state = withRecord(state, record([rmse("fail", 26)], null, "tuesday"));
    expect(state.entries["files/performance/rmse"]).toMatchObject({ since: "monday", finding: { value: 26 } });
  });
});
