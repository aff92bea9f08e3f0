import { describe, expect, it } from "vitest";
import type { MonitorFinding, MonitorRecord, MonitorStatus } from "../core/records/monitoring.ts";
import { changesFor, noAlerts, withPending, withRecord, withSettled, type AlertState } from "./alertState.ts";

const ops = { name: "ops", on: ["drift", "quality", "performance"] as const, level: "fail" as const };

const now = "2026-06-01T12:00:00.000Z";
const until = "2026-06-01T12:05:00.000Z";

/** Told from begin to end. */
function withTold(state: AlertState, channel: string, keys: readonly string[]): AlertState {
  const pending = withPending(state, channel, { keys, by: "me", until });
  return withSettled(pending, channel, { keys, by: "me", sentAt: now });
}

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
    const changes = changesFor(state, { ...ops, level }, now);
    state = withTold(
      state,
      "ops",
      changes.map(({ key }) => key),
    );
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
    const key = changesFor(state, ops, now)[0]!.key;
    const told = withTold(state, "ops", [key]);
    expect(changesFor(told, ops, now)).toEqual([]);
    expect(changesFor(told, { ...ops, name: "dead" }, now)).toMatchObject([{ change: "open" }]);
    expect(changesFor(told, { ...ops, name: "drifters", on: ["drift"] }, now)).toEqual([]);
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

  it("leaves to another process what that one is telling, unless it is long gone", () => {
    const open = withRecord(noAlerts, record([rmse("fail", 25)]));
    const keys = changesFor(open, ops, now).map(({ key }) => key);
    const telling = withPending(open, "ops", { keys, by: "first", until });
    expect(changesFor(telling, ops, now)).toEqual([]);
    expect(changesFor(telling, { ...ops, name: "other" }, now)).toHaveLength(1);
    expect(changesFor(telling, ops, "2026-06-01T12:05:00.001Z")).toMatchObject([{ change: "open" }]);
    // It failed: the next one tells it.
    const failed = withSettled(telling, "ops", { keys, by: "first", sentAt: null });
    expect(failed).toEqual(open);
    // Somebody took over: the first one's late word changes nothing.
    const taken = withPending(telling, "ops", { keys, by: "second", until });
    expect(withSettled(taken, "ops", { keys, by: "first", sentAt: now })).toEqual(taken);
  });

  it("remembers what was told, and not what was found meanwhile", () => {
    const open = withRecord(noAlerts, record([rmse("fail", 25)]));
    const keys = changesFor(open, ops, now).map(({ key }) => key);
    const telling = withPending(open, "ops", { keys, by: "first", until });
    const over = withRecord(telling, record([rmse("pass", 12)]));
    expect(changesFor(over, ops, now)).toEqual([]);
    const told = withSettled(over, "ops", { keys, by: "first", sentAt: now });
    expect(changesFor(told, ops, now)).toMatchObject([{ change: "resolved" }]);
  });
});
