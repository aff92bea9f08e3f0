import { describe, expect, it } from "vitest";
import { newsOfJob, type AlertNews } from "../core/records/alert.ts";
import type { MonitorFinding, MonitorRecord, MonitorStatus } from "../core/records/monitoring.ts";
import {
  alertsOf,
  MOST_MESSAGES,
  testAlert,
  waitingFor,
  nextTry,
  withDelivery,
  withLease,
  withMessages,
} from "./alertMessage.ts";
import {
  changesFor,
  noAlerts,
  laterWindow,
  muteOf,
  unsentWarnings,
  withoutRepeats,
  withRecord,
  type AlertState,
} from "./alertState.ts";

const ops = { name: "ops", on: ["drift", "quality", "performance"] as const, level: "fail" as const };

const now = "2026-06-01T12:00:00.000Z";
const until = "2026-06-01T12:05:00.000Z";

/** Keeps the messages of these findings, which count as sent. */
function withSent(state: AlertState, channel: string, keys: readonly string[]): AlertState {
  return withMessages(state, channel, [testAlert("shop", now)], keys).state;
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
    const sent = alertsOf(changesFor(state, ops, now), { project: "shop", at: now });
    expect(sent.map(({ source, lines, next }) => [source, ...lines.slice(2), next])).toEqual([
      ["files", "window: 2026-03-31, 1 row, model v1 (run r1)", "judged at 2026-06-01", "mlctl monitor --show 1"],
      ["dataset", "window: 2026-04-30, 1 row, model v2 (run r2)", "judged at 2026-06-02", "mlctl monitor --show 2"],
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

  it("reports no job that ended with an open finding which the same channels are sent", () => {
    const found = withSent(withRecord(noAlerts, record([rmse("fail", 25)])), "ops", ["files/performance/rmse"]);
    const jobs = { ...ops, on: ["performance", "job"] as const };
    const news = (endedBy?: "drift" | "performance") =>
      newsOfJob({ source: "schedule", name: "nightly", createdAt: now }, { isFine: false, message: "", endedBy });
    const changes = (of: AlertNews, listeners = [jobs], state = found) =>
      changesFor(withRecord(state, withoutRepeats(state, of, listeners)), jobs, now).map(({ change }) => change);
    expect(changes(news("performance"))).toEqual([]);
    expect([changes(news()), changes(news("drift"))]).toEqual([["open"], ["open"]]);
    expect(changes(news("performance"), [jobs, { ...jobs, on: ["job"] as never }])).toEqual(["open"]);
    const broken = withSent(withRecord(found, news()), "ops", ["schedule/job/nightly"]);
    expect(changes(news("performance"), [jobs], broken)).toEqual(["resolved"]);
  });

  it("keeps the time since when a finding has its status", () => {
    let state = withRecord(noAlerts, record([rmse("fail", 25)], null, "monday"));
    state = withRecord(state, record([rmse("fail", 26)], null, "tuesday"));
    expect(state.entries["files/performance/rmse"]).toMatchObject({ since: "monday", finding: { value: 26 } });
  });

  it("keeps messages in order until the channel accepts them, sent by one process at a time", () => {
    const queued = (state: AlertState): AlertState => {
      const changes = changesFor(state, ops, now);
      const keys = changes.map((each) => each.key);
      return withMessages(state, "ops", alertsOf(changes, { project: "shop", at: now }), keys).state;
    };
    const key = "files/performance/rmse";
    const both = [rmse("fail", 25), rmse("pass", 1)].reduce(
      (state, each) => queued(withRecord(state, record([each]))),
      noAlerts,
    );
    expect(changesFor(both, ops, now)).toEqual([]);
    const lease = (state: AlertState, by: string, at = now) => withLease(state, "ops", { by, now: at, until });
    const first = lease(both, "first")!;
    expect(first.alert).toMatchObject({ change: "open" });
    expect(lease(first.state, "second")).toBeUndefined();
    // Its time is up: another process takes over, and the late result of the first changes nothing.
    const second = lease(first.state, "second", "2026-06-01T12:05:00.001Z")!;
    const end = (state: AlertState, by: string, error: string | null) =>
      withDelivery(state, "ops", { by, at: now, error });
    expect(end(second.state, "first", null)).toEqual(second.state);
    let failed = end(first.state, "first", "response 503");
    const failure = { at: now, error: "response 503", times: 1 };
    expect([failed.outbox, waitingFor(failed, key)]).toEqual([{ ops: { ...both.outbox["ops"], failure } }, ["ops"]]);
    const waits = [0, 14, 15, 30, 60, 120, 240, 300].map((seconds) => {
      const last = failed.outbox["ops"]!.failure!;
      const at = new Date(Date.parse(last.at) + seconds * 1000).toISOString();
      failed = withDelivery(lease(failed, "again", at)!.state, "ops", { by: "again", at, error: "response 503" });
      return (Date.parse(nextTry(failed.outbox["ops"]!.failure!)) - Date.parse(at)) / 1000;
    });
    expect(waits).toEqual([15, 15, 30, 60, 120, 240, 300, 300]);
    const sent = end(lease(failed, "second", "2026-06-01T13:00:00.000Z")!.state, "second", null);
    const next = lease(sent, "third")!;
    expect(next.alert).toMatchObject({ change: "resolved" });
    const done = end(next.state, "third", null);
    expect([done.outbox, waitingFor(done, key)]).toEqual([{}, []]);
  });

  it("drops the oldest of too many messages, but not one that may be under way", () => {
    const messages = Array.from({ length: MOST_MESSAGES + 2 }, (_, i) => testAlert(String(i), now));
    const { state, dropped } = withMessages(noAlerts, "ops", messages);
    const kept = state.outbox["ops"]!.messages;
    expect(kept.map(({ project }) => project).slice(0, 2)).toEqual(["0", "3"]);
    expect(kept).toHaveLength(MOST_MESSAGES);
    expect(dropped.map(({ project }) => project)).toEqual(["1", "2"]);
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
});
