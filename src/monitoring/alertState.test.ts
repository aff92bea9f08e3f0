import { describe, expect, it } from "vitest";
import type { MonitorFinding, MonitorRecord, MonitorStatus } from "../core/records/monitoring.ts";
import { alertsOf } from "./alertMessage.ts";
import {
  changesFor,
  noAlerts,
  laterWindow,
  muteOf,
  unsentWarnings,
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
  createdAt = "2026-06-01",
): MonitorRecord {
  const window = { label: end ?? "", start: null, end, rows: 1, labelled: 1, file: null };
  // Only the fields of a record that alertState reads.
  return { source: "files", window, createdAt, findings, monitorId: "1" } as unknown as MonitorRecord;
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

  it("sends again what a channel did not accept with its own window and model", () => {
    const march = { ...record([rmse("fail", 25)], "2026-03-31"), modelVersion: 1, runId: "r1" };
    const other = record([rmse("fail", 30)], "2026-04-30", "2026-06-02");
    const april = { ...other, source: "dataset" as const, monitorId: "2", modelVersion: 2, runId: "r2" };
    const job = { ...april, source: "schedule", monitorId: null, window: null, modelVersion: null, findings: [] };
    const state = withRecord(withRecord(withRecord(noAlerts, march), april), job);
    const sent = alertsOf(changesFor(state, ops, now), { project: "shop", record: job, at: now });
    expect(sent.map(({ alert, keys }) => [...keys, ...alert.lines.slice(2), alert.next])).toEqual([
      [
        "files/performance/rmse",
        "window: 2026-03-31, 1 row, model v1 (run r1)",
        "judged at 2026-06-01",
        "mlctl monitor --show 1",
      ],
      [
        "dataset/performance/rmse",
        "window: 2026-04-30, 1 row, model v2 (run r2)",
        "judged at 2026-06-02",
        "mlctl monitor --show 2",
      ],
    ]);
  });

  it("ignores findings of an older window", () => {
    const state = withRecord(noAlerts, record([rmse("fail", 25)], "2026-02-01"));
    const older = record([rmse("pass", 1)], "2026-01-01");
    expect(withRecord(state, older)).toEqual(state);
    expect([older, record([], "2026-03-01"), record([])].map((each) => laterWindow(state, each))).toEqual([
      "2026-02-01",
      null,
      null,
    ]);
    expect(withRecord(state, record([rmse("pass", 1)], "2026-03-01")).entries["files/performance/rmse"]).toMatchObject({
      finding: { status: "pass" },
    });
  });

  it("judges a window again whose rows were corrected, and after dates in the future", () => {
    const future = withRecord(noAlerts, record([rmse("fail", 25)], "2099-01-01"));
    const key = "files/performance/rmse";
    expect(withRecord(future, record([rmse("pass", 1)], "2026-03-01")).entries[key]!.finding.status).toBe("pass");
    const wrong = record([rmse("fail", 25)], "2026-03-01");
    const corrected = { ...record([rmse("pass", 1)], "2026-02-01"), window: { ...wrong.window, end: "2026-02-01" } };
    expect(withRecord(withRecord(noAlerts, wrong), corrected).entries[key]).toMatchObject({
      was: "fail",
      finding: { status: "pass" },
    });
  });

  it("resolves a finding that a later record no longer has, unless its area was not judged", () => {
    const labels = { ...rmse("fail", 1), name: "labels" };
    const sent = withSent(withRecord(noAlerts, record([labels])), "ops", ["files/performance/labels"]);
    expect(changesFor(withRecord(sent, record([rmse("skipped", 1)])), ops, now)).toEqual([]);
    expect(changesFor(withRecord(sent, { ...record([rmse("pass", 1)]), source: "dataset" }), ops, now)).toEqual([]);
    expect(changesFor(withRecord(sent, record([rmse("pass", 1)])), ops, now)).toMatchObject([{ change: "resolved" }]);
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

  it("sends nothing about a muted check, also one that opens later, until the time is up", () => {
    const muted = { ...noAlerts, mutes: [{ check: "performance: rmse", source: null, until, reason: "known" }] };
    const state = withRecord(withRecord(muted, record([rmse("fail", 25)])), record([rmse("fail", 60)]));
    expect(changesFor(state, ops, now)).toEqual([]);
    expect(changesFor(state, ops, until)).toMatchObject([{ change: "open", entry: { finding: { value: 60 } } }]);
    expect(changesFor({ ...state, mutes: [] }, ops, now)).toHaveLength(1);
    const other = { ...state, mutes: [{ ...muted.mutes[0]!, source: "predictions" }] };
    expect(changesFor(other, ops, now)).toHaveLength(1);
  });

  it("mutes a finding about columns if all of them are muted", () => {
    const finding = { ...rmse("warn", 2), area: "drift" as const, name: "drifted columns", columns: ["age", "city"] };
    const holds = (...checks: string[]): boolean => {
      const mutes = checks.map((check) => ({ check, source: null, until, reason: "" }));
      return muteOf({ ...noAlerts, mutes }, finding, { source: "files", now }) !== null;
    };
    expect(["age", "drift: age", "quality: age", "drifted columns"].map((check) => holds(check))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    const muted = { ...noAlerts, mutes: [{ check: "drift: age", source: null, until, reason: "" }] };
    const [sent] = changesFor(
      withRecord(muted, record([{ ...finding, status: "fail" }])),
      { ...ops, on: ["drift"] },
      now,
    );
    expect(sent!.entry.finding.message).toBe('muted: "age"');
    expect(holds("drift: age", "city")).toBe(true);
    expect(holds("quality: age", "city")).toBe(false);
  });

  it("counts warnings that no channel is sent, where a channel listens to their area", () => {
    const unsent = (channels: Parameters<typeof unsentWarnings>[2]["channels"]): number =>
      unsentWarnings(noAlerts, record([rmse("warn", 25), { ...rmse("fail", 25), name: "f1" }]), { channels, now })
        .length;
    expect(unsent([ops])).toBe(1);
    expect(unsent([ops, { ...ops, level: "warn" }])).toBe(0);
    expect(unsent([{ ...ops, on: ["drift"] }])).toBe(0);
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
