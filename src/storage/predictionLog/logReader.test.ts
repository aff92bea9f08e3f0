/** The same rows in SQLite and in Postgres: the same answers. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databaseAddress } from "../../core/databaseAddress.ts";
import { temporaryFolder } from "../../testing/exampleRecords.ts";
import { postgresServer, type PostgresServer } from "../../testing/postgresServer.ts";
import { connect } from "../postgres/connect.ts";
import { sqliteWriter } from "./openLogDatabase.ts";
import { joinLabels, type JoinOptions, type JoinResult } from "./joinLabels.ts";
import {
  type LoggedRow,
  type LogWriter,
  type Retention,
  ROWS_LOOKED_AT,
  type LogPlace,
  type LogQuery,
  type LogReader,
  predictionLogPath,
} from "./logReader.ts";
import { openLogReader } from "./sqliteReader.ts";
import { postgresWriter } from "./postgresWriter.ts";

const ROWS = ROWS_LOOKED_AT + 50;
const HOUR = 3_600_000;
const KEEP_ALL: Retention = { days: null, rows: null, bytes: null };

let server: PostgresServer | string;
let url = "";
beforeAll(async () => {
  server = await postgresServer();
  if (typeof server !== "string") url = await server.create("ml");
});

const idOf = (i: number): string => i.toString(16).padStart(26, "0");

/** Row i is predicted at second i / 4, so that four rows share a timestamp. */
function row(i: number): LoggedRow {
  const isOther = i % 10 === 0;
  const inputs = JSON.stringify({ id: String(i), text: "é\0\ud800" });
  const prediction = i === 1 ? "rare" : i % 3 === 0 ? `class ${i % 2}` : i / 8;
  const [runId, sha256] = isOther ? [null, "other"] : ["run1", "sha"];
  return [
    idOf(i),
    Math.floor(i / 4) * 1000,
    runId,
    sha256,
    inputs,
    prediction,
    isOther ? null : 0.5,
    i % 7 === 0 ? "forecast" : "serve",
    i % 5 === 0 ? `request-${Math.floor(i / 10)}` : null,
    i % 4 === 2 ? 0.3 : null,
  ];
}

interface Log {
  readonly place: LogPlace;
  readonly reader: LogReader;
  writer(retention?: Retention): Promise<LogWriter>;
}

let logs = 0;
function freshLog(kind: "SQLite" | "Postgres"): Log {
  const database = join(temporaryFolder(), "mlctl.db");
  const shared = kind === "SQLite" ? undefined : databaseAddress(`${url}?workspace=w${logs++}`)!;
  const place = { database, shared };
  return {
    place,
    reader: openLogReader(place, { stays: true }),
    writer: async (retention = KEEP_ALL) =>
      shared === undefined ? sqliteWriter(predictionLogPath(database), retention) : postgresWriter(shared, retention),
  };
}

async function fill({ writer }: Log, rows: number, retention?: Retention): Promise<void> {
  const log = await writer(retention);
  for (let from = 1; from <= rows; from += 5000) {
    const batch = Array.from({ length: Math.min(5000, rows - from + 1) }, (_, i) => row(from + i));
    expect(await log.write(batch)).toMatchObject({ written: batch.length, refused: 0 });
  }
  log.close();
}

async function labelled(
  { place }: Log,
  labels: readonly [key: string, label: string][],
  change: Partial<JoinOptions> = {},
): Promise<JoinResult> {
  const joined = await joinLabels({
    place,
    examples: 5,
    keyOf: null,
    toLabel: (label, prediction) => {
      const value = typeof prediction === "number" ? Number(label) : label;
      return Number.isNaN(value) ? undefined : value;
    },
    replace: false,
    now: 1_700_000_000_123,
    ...change,
  });
  joined.add(labels.map(([key, label], i) => ({ key, label, line: i + 2 })));
  const result = await joined.finish();
  joined.close();
  return result;
}

const plain = (value: unknown): unknown =>
  value instanceof Object && "runIds" in value ? value : JSON.parse(JSON.stringify(value));

const kinds = ["SQLite", "Postgres"] as const;

describe.each(kinds)("the log in %s", (kind) => {
  let log: Log;
  beforeAll(() => void (log = freshLog(kind)));
  beforeEach(({ skip }) => {
    if (kind === "Postgres" && typeof server === "string") skip(server);
  });
  afterAll(() => log.reader.close());

  it("is empty before anything was logged", async () => {
    const { reader } = log;
    expect(await reader.exists()).toBe(false);
    expect(await reader.rows()).toEqual([]);
    expect((await reader.columns()).at).toEqual([]);
    expect(await reader.page({ limit: 5 })).toEqual({ entries: [], isPartial: false });
    expect(await reader.totals(0)).toEqual({ predictions: 0, labelled: 0, since: 0, newestAt: null });
    expect(await reader.models()).toEqual({ runIds: new Set(), sha256s: new Set() });
  });

  it("sees new rows, and pages through rows with the same timestamp without losing any", async () => {
    await fill(log, ROWS);
    const seen: string[] = [];
    let before: LogQuery["before"];
    for (let page = 0; page < 4; page++) {
      const { entries } = await log.reader.page({ limit: 3, before });
      seen.push(...entries.map(({ predictionId }) => predictionId));
      before = entries.at(-1);
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => idOf(ROWS - i)));
    expect(await log.reader.exists()).toBe(true);
  });

  it("stores a row once, even if it is sent twice", async () => {
    const writer = await log.writer();
    expect(await writer.write([row(1), row(2), row(2)])).toEqual({ written: 3, refused: 0, problem: null });
    writer.close();
    expect(await log.reader.count()).toEqual({ predictions: ROWS, labelled: 0 });
  });

  it("joins labels by id and by key, and reports what is wrong", async () => {
    const labels = Array.from({ length: ROWS }, (_, i): [string, string] => [
      idOf(i + 1),
      (i + 1) % 3 === 0 || i === 0 ? "class 1" : String((i + 1) / 8),
    ]);
    const every4th = labels.filter((_, i) => (i + 1) % 4 === 0);
    const count = every4th.length;
    expect(
      await labelled(log, [...every4th, every4th[0]!, [idOf(ROWS + 1), "1"], [idOf(2), "no number"]]),
    ).toMatchObject({
      matched: count + 1,
      unmatched: 1,
      labelled: count,
      duplicates: 1,
      invalid: 1,
      examples: { unmatched: [{ key: idOf(ROWS + 1) }], invalid: [{ key: idOf(2), label: "no number" }] },
    });
    expect(await labelled(log, every4th)).toMatchObject({ matched: count, labelled: 0, unchanged: count });
    const keyOf: JoinOptions["keyOf"] = ({ id }) => (id === "7" ? null : String(id));
    const byKey: [string, string][] = [
      ["7", "7"],
      ["8", "9"],
      ["16", "2"],
      ["11", "5"],
    ];
    expect(await labelled(log, byKey, { keyOf })).toMatchObject({
      matched: 3,
      unmatched: 1,
      labelled: 1,
      unchanged: 1,
      conflicts: 1,
      examples: { conflicts: [{ key: "8", line: 3, label: "9", known: 1 }] },
    });
    expect(await labelled(log, byKey, { keyOf, replace: true })).toMatchObject({ replaced: 1, conflicts: 0 });
    const both: [string, string][] = [...byKey, ["11", "6"]];
    expect(await labelled(log, both, { keyOf, replace: true })).toMatchObject({
      conflicts: 2,
      examples: {
        conflicts: [
          { key: "11", line: 5, label: "5", known: 5, other: { line: 6, label: "6" } },
          { key: "11", line: 6, label: "6", known: 5, other: { line: 5, label: "5" } },
        ],
      },
    });
    expect((await log.reader.find(idOf(8)))[0]).toMatchObject({
      prediction: 1,
      label: 9,
      labelledAt: 1_700_000_000_123,
    });
  });

  it("reads a bounded number of rows for a page, and reports if older ones may match", async () => {
    const { reader } = log;
    expect(await reader.page({ prediction: "rare", limit: 5 })).toEqual({ entries: [], isPartial: true });
    const before = (await reader.find(idOf(100)))[0]!;
    expect((await reader.page({ prediction: "rare", limit: 5, before })).entries).toHaveLength(1);
    expect((await reader.page({ limit: 5 })).isPartial).toBe(false);
    expect(
      (await reader.page({ wrong: true, limit: 3 })).entries.every(({ label, prediction }) => label !== prediction),
    ).toBe(true);
  });
});

describe("both logs", () => {
  it("answer every question alike, whole hours and their parts included", async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    const both = kinds.map(freshLog);
    for (const log of both) {
      await fill(log, ROWS);
      const labels = Array.from({ length: 5000 }, (_, i): [string, string] => [idOf(4 * i + 1), String(i)]);
      await labelled(log, labels);
    }
    const of = async <T>(ask: (reader: LogReader) => Promise<T>): Promise<T> => {
      const [sqlite, postgres] = await Promise.all(both.map(({ reader }) => ask(reader)));
      // In a fraction of the time of toEqual.
      expect(isDeepStrictEqual(plain(postgres), plain(sqlite))).toBe(true);
      return sqlite!;
    };
    const newest = Math.floor(ROWS / 4) * 1000;
    const filters = [
      {},
      { since: 1000 },
      { since: 0, until: HOUR },
      { since: 1000, until: HOUR + 1001 },
      { since: 2000, until: 5000 },
      { until: HOUR, runId: "run1" },
      { since: newest - 500, forecasts: false },
      { forecasts: false, labelled: true, since: 0.5 * HOUR },
      { labelled: false, runId: "run1" },
      { runId: "nobody" },
      { key: { columns: ["id", "other"], value: "17" }, until: HOUR },
      { requestId: "request-7" },
    ];
    for (const filter of filters) {
      const { predictions } = await of((reader) => reader.count(filter));
      expect(await of((reader) => reader.rows(filter))).toHaveLength(predictions);
      const limit = 1500;
      const rows = await of((reader) => reader.rows({ ...filter, limit }));
      expect(rows).toHaveLength(Math.min(limit, predictions));
      const columns = await of((reader) => reader.columns({ ...filter, limit }));
      for (const name of ["at", "prediction", "probability", "label", "inputs"] as const)
        expect(columns[name]).toEqual(rows.map((each) => each[name]));
      expect((await of((reader) => reader.columns(filter))).at).toHaveLength(predictions);
    }
    for (const since of [0, HOUR, newest - HOUR - 1, newest + 1]) await of((reader) => reader.totals(since));
    const found = { key: { columns: ["id"], value: "19990" } };
    for (const [query, count] of [
      [found, 1],
      [{ ...found, until: 1000 }, 0],
      [{ since: 4000, until: 6000 }, 8],
      [{ name: "request-7" }, 2],
      [{ name: "request-7", since: 17_600 }, 1],
      [{ name: "request-7", runId: "nobody" }, 0],
      [{ name: idOf(0x20).slice(0, -1).toUpperCase() }, 16],
      [{ name: idOf(0x20).slice(0, -1), before: { at: 9000, seq: 0 } }, 4],
      [{ name: idOf(0x20).slice(0, -1), prediction: "class 1" }, 3],
    ] as const)
      expect(await of(async (reader) => (await reader.page({ ...query, limit: 20 })).entries.length)).toBe(count);
    for (const query of [{}, { runId: "run1" }, { labelled: true }, { wrong: true }, { prediction: "class 1" }]) {
      const entries = await of(async (reader) =>
        (await reader.page({ ...query, limit: 20 })).entries.map(({ seq: _seq, ...entry }) => entry),
      );
      expect(entries).toHaveLength(20);
    }
    expect(
      await of(async (reader) => (await reader.find(idOf(0x20).slice(0, -1))).map(({ inputs }) => inputs)),
    ).toHaveLength(3);
    const ofRequest = async (reader: LogReader) => (await reader.find("request-7")).map((each) => each.predictionId);
    expect(await of(ofRequest)).toEqual([idOf(70), idOf(75)]);
    await of((reader) => reader.models());
    for (const { reader } of both) reader.close();
  });
});

describe("the log in Postgres", () => {
  it("keeps the newest rows with their labels, by age, number and size", async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    const day = 24 * HOUR;
    for (const [retention, kept] of [
      [{ ...KEEP_ALL, rows: 2000 }, 2000],
      // The newest row is at second 1500.
      [{ ...KEEP_ALL, days: 1_000_000 / day }, 4001],
      [{ ...KEEP_ALL, bytes: 1_000_000 }, undefined],
    ] as const) {
      const log = freshLog("Postgres");
      await fill(log, 6000);
      await labelled(log, [
        [idOf(1), "x"],
        [idOf(6000), "x"],
        [idOf(5999), "1"],
      ]);
      const writer = await log.writer(retention);
      await writer.write([row(6000)]);
      writer.close();
      const rows = await log.reader.rows();
      if (kept === undefined) {
        expect(rows.length).toBeGreaterThan(2500);
        expect(rows.length).toBeLessThan(5000);
      } else expect(rows).toHaveLength(kept);
      expect(rows.at(-1)!.predictionId).toBe(idOf(6000));
      expect(await log.reader.count()).toEqual({ predictions: rows.length, labelled: 2 });
      log.reader.close();
    }
  });

  it("refuses a row that Postgres cannot store, and keeps the others of its batch", async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    const log = freshLog("Postgres");
    const writer = await log.writer();
    const [id, at, runId, sha256, inputs, , ...rest] = row(3);
    const odd: LoggedRow = [id, at, runId, sha256, inputs, "a\0b", ...rest];
    expect(await writer.write([row(1), row(2), odd, row(4)])).toMatchObject({
      written: 3,
      refused: 1,
      problem: expect.stringContaining(id),
    });
    writer.close();
    expect(await log.reader.count()).toMatchObject({ predictions: 3 });
    log.reader.close();
  });

  it("is one log for several writers at once, and seen in the view", async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    const log = freshLog("Postgres");
    const writers = await Promise.all([1, 2, 3].map(() => log.writer({ ...KEEP_ALL, rows: 1_000_000 })));
    await Promise.all(
      writers.map(async (writer, w) => {
        for (let i = 0; i < 20; i++)
          await writer.write(Array.from({ length: 300 }, (_, k) => row(1 + 300 * (20 * w + i) + k)));
        writer.close();
      }),
    );
    expect(await log.reader.count()).toEqual({ predictions: 18_000, labelled: 0 });
    const admin = await connect(log.place.shared!, "admin");
    const seen = await admin.query<{ class: string | null; value: number | null; id: string }>(
      "SELECT class, value, inputs->>'id' AS id, threshold FROM prediction WHERE workspace = $1 AND predicted_at < to_timestamp(1) ORDER BY prediction_id",
      [log.place.shared!.workspace],
    );
    expect(seen).toEqual([
      { class: "rare", value: null, id: "1", threshold: null },
      { class: null, value: 0.25, id: "2", threshold: 0.3 },
      { class: "class 1", value: null, id: "3", threshold: null },
    ]);
    await admin.end();
    log.reader.close();
  });
});
