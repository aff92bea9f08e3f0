/** Tests which rows the retention deletes, and that the file shrinks. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { retain, sqliteWriter, openLogDatabase } from "./openLogDatabase.ts";
import type { LoggedRow, Retention } from "./logReader.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-retain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DAY = 86_400_000;
const NOTHING: Retention = { days: null, rows: null, bytes: null };
let files = 0;

/** One row per hour, each of about 500 bytes, and a label for every other row. */
function logOf(rows: number, retention: Partial<Retention>) {
  const path = join(folder, `${files++}.predictions`);
  const database = openLogDatabase(path);
  const kept = { ...NOTHING, ...retention };
  const writer = sqliteWriter(path, kept);
  const row = (i: number): LoggedRow => {
    const inputs = JSON.stringify({ text: "x".repeat(400) });
    return [i.toString(16).padStart(27, "0"), (i * DAY) / 24, "run", "sha", inputs, 1, null, "serve", null, null];
  };
  for (let start = 0; start < rows; start += 1000) {
    void writer.write(Array.from({ length: Math.min(1000, rows - start) }, (_, i) => row(start + i)));
  }
  database.exec("INSERT INTO labels SELECT seq, 1, 0 FROM predictions WHERE seq % 2 = 0");
  const numbers = (sql: string): number => database.prepare(sql).pluck().get() as number;
  return {
    retain: (now: number) => retain(database, kept, now),
    size: () => (database.pragma("wal_checkpoint(TRUNCATE)"), statSync(path).size),
    oldest: () => numbers("SELECT min(seq) FROM predictions"),
    count: () => numbers("SELECT count(*) FROM predictions"),
    labels: () => numbers("SELECT count(*) FROM labels"),
    close: () => [writer, database].forEach((each) => each.close()),
  };
}

describe("retain", () => {
  it("keeps the rows of a number of days", () => {
    const log = logOf(2400, { days: 10 });
    // The last row is of hour 2399. Rows older than hour 2399 − 240 = 2159 are deleted: 1 to 2159 (hours 0 to 2158).
    log.retain((2399 * DAY) / 24);
    expect([log.oldest(), log.count(), log.labels()]).toEqual([2160, 241, 121]);
    log.close();
  });

  it("keeps a number of newest rows, and only their labels", () => {
    const log = logOf(6000, { rows: 500 });
    log.retain(0);
    expect([log.oldest(), log.count(), log.labels()]).toEqual([5501, 500, 250]);
    log.close();
  });

  it("keeps the file below a number of bytes, with room for more rows", () => {
    const log = logOf(6000, { bytes: 1_000_000 });
    expect(log.size()).toBeGreaterThan(3_000_000);
    log.retain(0);
    expect(log.size()).toBeLessThanOrEqual(1_000_000);
    // Not much more than necessary: another 5 % is freed, and not all pages are full.
    expect(log.size()).toBeGreaterThan(700_000);
    expect(log.oldest() + log.count() - 1).toBe(6000);
    log.close();
  });

  it("keeps everything if there are no limits", () => {
    const log = logOf(1000, {});
    log.retain(Number.MAX_SAFE_INTEGER);
    expect(log.count()).toBe(1000);
    log.close();
  });

  it("is applied automatically while rows are written", () => {
    const log = logOf(41_000, { rows: 1000 });
    // Applied with the first batch and after every 20,000 rows, so the log may exceed the limit by that many rows.
    expect(log.count()).toBeLessThanOrEqual(21_000);
    log.close();
  });
});
