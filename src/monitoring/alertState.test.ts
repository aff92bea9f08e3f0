import { describe, expect, it } from "vitest";
import type { MonitorFinding, MonitorRecord, MonitorStatus } from "../core/records/monitoring.ts";
import {
  changesFor,
  noAlerts,
  withMuted,
  withPending,
  withRecord,
  withSettled,
  type AlertState,
} from "./alertState.ts";

const ops = { name: "ops", on: ["drift", "quality", "performance"] as const, level: "fail" as const };

const now = "2026-06-01T12:00:00.000Z";
const until = "2026-06-01T12:05:00.000Z";

/** Sends successfully. */
function withSent(state: AlertState, channel: string, keys: readonly string[]): AlertState {
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
  // Only the fields of a record that alertState reads.
  return { source: "files", window, createdAt, findings } as unknown as MonitorRecord;
}

/** The change that is sent for each status in turn, to a channel that accepts everything. */
function sentChanges(steps: readonly (readonly [MonitorStatus, number])[], level: "fail" | "warn" = "fail"): string[] {
  let state: AlertState = noAlerts;
  return steps.map(([status, value]) => {
    state = withRecord(state, record([rmse(status, value)]));
    const changes = changesFor(state, { ...ops, level }, now);
    state = withSent(
      state,
      "ops",
      changes.map(({ key }) => key),
    );
    return changes.map(({ change }) => change).join();
  });
}

describe("the state of alerts", () => {
  it("reports once what opens and what is resolved, however often it is seen", () => {
    expect(
      sentChanges([
        ["pass", 10],
        ["fail", 25],
        ["fail", 26],
        ["pass", 12],
        ["pass", 11],
        ["fail", 25],
      ]),
    ).toEqual(["", "open", "", "resolved", "", "open"]);
  });

  it("reports again what is twice as far beyond its limit as when it was last reported", () => {
    expect(
      sentChanges([
        ["fail", 25],
        ["fail", 29],
        ["fail", 30],
        ["fail", 39],
        ["fail", 41],
      ]),
    ).toEqual(["open", "", "worse", "", "worse"]);
  });

  it("ignores findings that were skipped", () => {
    expect(
      sentChanges([
        ["skipped", 0],
        ["fail", 25],
        ["skipped", 0],
        ["fail", 25],
      ]),
    ).toEqual(["", "open", "", ""]);
  });

  it("reports warnings only to channels of level warn", () => {
    expect(
      sentChanges([
        ["warn", 25],
        ["fail", 25],
        ["warn", 21],
      ]),
    ).toEqual(["", "open", "resolved"]);
    expect(
      sentChanges(
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

  it("reports again only to a channel that failed", () => {
    const state = withRecord(noAlerts, record([rmse("fail", 25)]));
    const key = changesFor(state, ops, now)[0]!.key;
    const sent = withSent(state, "ops", [key]);
    expect(changesFor(sent, ops, now)).toEqual([]);
    expect(changesFor(sent, { ...ops, name: "dead" }, now)).toMatchObject([{ change: "open" }]);
    expect(changesFor(sent, { ...ops, name: "drift only", on: ["drift"] }, now)).toEqual([]);
  });

  it("ignores findings of an older window", () => {
    const state = withRecord(noAlerts, record([rmse("fail", 25)], "2026-02-01"));
    expect(withRecord(state, record([rmse("pass", 1)], "2026-01-01"))).toEqual(state);
    expect(withRecord(state, record([rmse("pass", 1)], "2026-03-01")).entries["files/performance/rmse"]).toMatchObject({
      finding: { status: "pass" },
    });
  });

  it("keeps the time since when a finding has its status", () => {
    let state = withRecord(noAlerts, record([rmse("fail", 25)], null, "monday"));
    state = withRecord(state, record([rmse("fail", 26)], null, "tuesday"));
    expect(state.entries["files/performance/rmse"]).toMatchObject({ since: "monday", finding: { value: 26 } });
  });

  it("does not report what another process is sending, until that process's time is up", () => {
    const open = withRecord(noAlerts, record([rmse("fail", 25)]));
    const keys = changesFor(open, ops, now).map(({ key }) => key);
    const sending = withPending(open, "ops", { keys, by: "first", until });
    expect(changesFor(sending, ops, now)).toEqual([]);
    expect(changesFor(sending, { ...ops, name: "other" }, now)).toHaveLength(1);
    expect(changesFor(sending, ops, "2026-06-01T12:05:00.001Z")).toMatchObject([{ change: "open" }]);
    // It failed: the next process sends it.
    const failed = withSettled(sending, "ops", { keys, by: "first", sentAt: null });
    expect(failed).toEqual(open);
    // Another process took over: the late result of the first changes nothing.
    const taken = withPending(sending, "ops", { keys, by: "second", until });
    expect(withSettled(taken, "ops", { keys, by: "first", sentAt: now })).toEqual(taken);
  });

  it("sends nothing about a muted check until the time is up, or the mute is taken back", () => {
    const open = withRecord(noAlerts, record([rmse("fail", 25)]));
    const muted = withMuted(open, "performance: rmse", { until, reason: "known" });
    const worse = withRecord(muted, record([rmse("fail", 60)]));
    expect(changesFor(worse, ops, now)).toEqual([]);
    expect(changesFor(worse, ops, until)).toMatchObject([{ change: "open", entry: { finding: { value: 60 } } }]);
    expect(changesFor(withMuted(worse, "rmse", null), ops, now)).toHaveLength(1);
    expect(changesFor(withMuted(open, "f1", { until, reason: "" }), ops, now)).toHaveLength(1);
  });

  it("records what was sent, not what was found meanwhile", () => {
    const open = withRecord(noAlerts, record([rmse("fail", 25)]));
    const keys = changesFor(open, ops, now).map(({ key }) => key);
    const sending = withPending(open, "ops", { keys, by: "first", until });
    const over = withRecord(sending, record([rmse("pass", 12)]));
    expect(changesFor(over, ops, now)).toEqual([]);
    const sent = withSettled(over, "ops", { keys, by: "first", sentAt: now });
    expect(changesFor(sent, ops, now)).toMatchObject([{ change: "resolved" }]);
  });
});
