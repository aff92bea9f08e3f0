/** Tests the prediction log with a real thread and real files. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { LoggedPrediction, PredictionLog } from "../../core/records/predictionLog.ts";
import { openSqlite } from "../sqlite/sqlite.ts";
import { openLogDatabase } from "./openLogDatabase.ts";
import type { LogPlace } from "./logReader.ts";
import { predictionLog, type PredictionLogOptions } from "./predictionLog.ts";
import { sqliteReader } from "./sqliteReader.ts";

const compiled = new URL("../../../dist/storage/predictionLog/predictionLog.js", import.meta.url).href;

const folders: string[] = [];
const logs: PredictionLog[] = [];
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function freshPath(): string {
  folders.push(mkdtempSync(join(tmpdir(), "mlctl-log-")));
  return join(folders.at(-1)!, "mlctl.db.predictions");
}

/** The log is named after its database. */
const placeOf = (path: string): LogPlace => ({ database: path.replace(/\.predictions$/, "") });

function open(path: string, options: Partial<PredictionLogOptions> = {}): PredictionLog {
  const retention = { days: null, rows: null, bytes: null };
  const log = predictionLog({ place: placeOf(path), flushMs: 20, queueRows: 10_000, retention, ...options });
  logs.push(log);
  return log;
}

const idOf = (number: number): string => number.toString(16).padStart(27, "0");

function prediction(number: number, changes: Partial<LoggedPrediction> = {}): LoggedPrediction {
  return {
    predictionId: idOf(number),
    at: 1_700_000_000_000 + number,
    runId: "abcdef123456",
    modelSha256: "a".repeat(64),
    inputs: { temp: 288.28 + number, weather: "Clouds", rain: null, late: true },
    prediction: number / 2,
    probability: null,
    source: "serve",
    ...changes,
  };
}

const some = (count: number, from = 0): LoggedPrediction[] =>
  Array.from({ length: count }, (_, i) => prediction(from + i));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a prediction", () => {
  it("is read back unchanged, without an explicit flush, after a flush interval", async () => {
    const path = freshPath();
    const log = open(path);
    const logged = [
      prediction(1),
      prediction(2, {
        prediction: "yes",
        probability: 0.75,
        runId: null,
        source: "predict",
        inputs: { 'a "b"': "ø\n" },
      }),
    ];
    log.append(logged);
    expect(log.stats()).toMatchObject({ queued: 2, written: 0, dropped: 0, lastError: null, trouble: null });
    await until(() => log.stats().written === 2);
    expect(await sqliteReader(path).rows()).toEqual(
      logged.map((one) => ({ ...one, requestId: null, threshold: null, label: null, labelledAt: null })),
    );
  });

  it("is found by the prefix of its id, by time and by model", async () => {
    const path = freshPath();
    const log = open(path);
    log.append([...some(100), prediction(500, { runId: "other0000000" })]);
    await log.flush();
    const ids = async (filter: object): Promise<string[]> =>
      (await sqliteReader(path).rows(filter)).map((one) => one.predictionId);
    expect(await ids({ since: 1_700_000_000_010, until: 1_700_000_000_013 })).toEqual([10, 11, 12].map(idOf));
    expect(await ids({ limit: 2 })).toEqual([idOf(99), idOf(500)]);
    expect(await ids({ runId: "other0000000" })).toEqual([idOf(500)]);
    expect((await sqliteReader(path).find(idOf(500))).map((one) => one.prediction)).toEqual([250]);
    expect(await sqliteReader(path).find(idOf(500).slice(0, 26))).toHaveLength(1);
    // 0x10 to 0x1f: three are enough to see that the prefix is ambiguous.
    expect(await sqliteReader(path).find(idOf(0x10).slice(0, 26))).toHaveLength(3);
    expect(await sqliteReader(path).count({ runId: "abcdef123456" })).toEqual({ predictions: 100, labelled: 0 });
  });

  it("is stored once even if it is written twice", async () => {
    const path = freshPath();
    const log = open(path);
    log.append(some(3));
    await log.flush();
    log.append(some(4));
    await log.flush();
    expect((await sqliteReader(path).count()).predictions).toBe(4);
  });

  it("that is not a finite number is stored as missing, and does not affect the others", async () => {
    const path = freshPath();
    const log = open(path);
    log.append([prediction(1, { prediction: NaN }), prediction(2)]);
    await log.flush();
    expect((await sqliteReader(path).rows()).map((one) => one.prediction)).toEqual([null, 1]);
  });

  it("made one flush interval before kill -9 is in the log", async () => {
    const path = freshPath();
    const program = `
      import { predictionLog } from ${JSON.stringify(compiled)};
      const retention = { days: null, rows: null, bytes: null };
      const log = predictionLog({ place: ${JSON.stringify(placeOf(path))}, flushMs: 50, queueRows: 1e5, retention });
      const row = (i) => ({ ...${JSON.stringify(prediction(0))}, predictionId: i.toString(16).padStart(27, "0") });
      log.append(Array.from({ length: 300 }, (_, i) => row(i)));
      const logged = setInterval(() => { if (log.stats().written === 300) { console.log("written"); clearInterval(logged); setInterval(() => {}, 1e6); } }, 5);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(child.pid!, "SIGKILL");
    await ended;
    expect((await sqliteReader(path).count()).predictions).toBe(300);
  });
});

describe("the log", () => {
  it("accepts rows from several processes and threads at once", async () => {
    const path = freshPath();
    const writers = Array.from({ length: 4 }, () => open(path));
    for (let turn = 0; turn < 20; turn++) {
      writers.forEach((log, writer) => log.append(some(50, (turn * 4 + writer) * 50)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(writers.map((log) => log.flush()));
    expect(writers.map((log) => log.stats().dropped)).toEqual([0, 0, 0, 0]);
    expect((await sqliteReader(path).count()).predictions).toBe(4000);
  });

  it("keeps rows waiting while it is locked, drops those beyond its queue, and writes when it is unlocked", async () => {
    const path = freshPath();
    const other = openLogDatabase(path);
    other.exec("BEGIN IMMEDIATE");
    const troubles: (string | null)[] = [];
    const log = open(path, { queueRows: 10, changed: () => void troubles.push(log.stats().trouble) });
    log.append(some(12));
    expect(troubles).toEqual([`${path} is not written fast enough`]);
    await log.flush();
    expect(log.stats()).toMatchObject({ queued: 10, written: 0, dropped: 2 });
    expect(log.stats().lastError).toContain("in use by another process");
    expect(log.stats().trouble).toBe(log.stats().lastError);
    other.exec("ROLLBACK");
    await until(() => log.stats().written === 10);
    expect(log.stats()).toEqual({ queued: 0, written: 10, dropped: 2, late: 10, lastError: null, trouble: null });
    expect(troubles.slice(1)).toEqual([null]);
    other.close();
  });

  it("counts rows and reports the reason if it cannot be opened, and gives up on close", async () => {
    const path = freshPath();
    mkdirSync(path);
    const log = open(path);
    log.append(some(3));
    await log.flush();
    expect(log.stats()).toMatchObject({ queued: 3, written: 0 });
    expect(log.stats().lastError).toContain(`cannot open ${path}`);
    await log.close();
    log.append(some(1, 3));
    expect(log.stats()).toMatchObject({ queued: 0, written: 0, dropped: 4 });
  });

  it("is not changed if it is damaged or of a newer mlctl", async () => {
    const damaged = freshPath();
    writeFileSync(damaged, "this is no database".repeat(100));
    const newer = freshPath();
    const database = openSqlite(newer);
    database.pragma("user_version = 99");
    database.close();
    for (const [path, reason] of [
      [damaged, "is damaged"],
      [newer, "written by a newer mlctl"],
    ] as const) {
      const log = open(path);
      log.append(some(1));
      await log.flush();
      expect(log.stats().lastError).toContain(reason);
      await expect(sqliteReader(path).count()).rejects.toThrow(reason);
    }
  });

  it("is empty for a reader while the first row creates its tables", async () => {
    const path = freshPath();
    const writer = openSqlite(path);
    writer.pragma("journal_mode = WAL");
    writer.exec("BEGIN IMMEDIATE; CREATE TABLE predictions (seq INTEGER)");
    expect(await sqliteReader(path).rows()).toEqual([]);
    writer.exec("ROLLBACK");
    writer.close();
  });

  it("creates no file before the first row, nor when it is read", async () => {
    const path = freshPath();
    const log = open(path);
    await log.flush();
    expect(await sqliteReader(path).rows()).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it("closes with every row on disk and no other files", async () => {
    const path = freshPath();
    const log = open(path, { flushMs: 60_000 });
    log.append(some(6000));
    await log.close();
    expect(log.stats()).toMatchObject({ queued: 0, written: 6000, dropped: 0, lastError: null });
    expect([existsSync(`${path}-wal`), (await sqliteReader(path).count()).predictions]).toEqual([false, 6000]);
  });
});
