import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../testing/exampleRecords.ts";
import { browseLog, ROWS_LOOKED_AT } from "./browseLog.ts";
import { openLogDatabase } from "./openLogDatabase.ts";

const path = join(temporaryFolder(), "log");
const log = browseLog(path);
afterAll(() => log.close());

/** Row i is predicted at second i / 4, so that four rows share a timestamp. */
function fill(count: number): void {
  const database = openLogDatabase(path);
  database.exec("INSERT INTO models VALUES (1, 'run1', 'sha'), (2, NULL, 'other')");
  const put = database.prepare("INSERT INTO predictions VALUES (?, ?, ?, ?, '{\"x\":1}', ?, 0.5, 'serve')");
  const label = database.prepare("INSERT INTO labels VALUES (?, ?, 1)");
  database.transaction(() => {
    for (let i = 1; i <= count; i++) {
      put.run(
        i,
        i.toString(16).padStart(26, "0"),
        Math.floor(i / 4) * 1000,
        i % 10 === 0 ? 2 : 1,
        i === 1 ? "rare" : i % 2,
      );
      if (i % 4 === 0) label.run(i, i % 8 === 0 ? 0 : 1);
    }
  })();
  database.close();
}

describe("browseLog", () => {
  it("is empty before anything was logged", () => {
    expect(log.page({ limit: 5 })).toEqual({ entries: [], isPartial: false });
    expect(log.totals(0)).toEqual({ predictions: 0, labelled: 0, since: 0, newestAt: null });
  });

  it("sees new rows, and pages through rows with the same timestamp without losing any", () => {
    fill(ROWS_LOOKED_AT + 50);
    const seen: number[] = [];
    let before: { at: number; seq: number } | undefined;
    for (let page = 0; page < 4; page++) {
      const { entries } = log.page({ limit: 3, before });
      seen.push(...entries.map(({ seq }) => seq));
      before = entries.at(-1);
    }
    const newest = ROWS_LOOKED_AT + 50;
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => newest - i));
  });

  it("filters by run, prediction and label", () => {
    const all = (query: object) => log.page({ limit: 10, ...query }).entries;
    expect(all({ runId: "run1" }).every(({ runId }) => runId === "run1")).toBe(true);
    expect(all({ prediction: "1" }).every(({ prediction }) => prediction === 1)).toBe(true);
    expect(all({ labelled: false }).every(({ label }) => label === null)).toBe(true);
    // Every fourth row has a label and the prediction 0; the label is 1 for every other one of them.
    expect(all({ wrong: true }).map(({ label, prediction }) => [label, prediction])[0]).toEqual([1, 0]);
  });

  it("reads a bounded number of rows, and reports if older ones may match", () => {
    expect(log.page({ prediction: "rare", limit: 5 })).toEqual({ entries: [], isPartial: true });
    expect(log.page({ prediction: "rare", limit: 5, before: { at: 5000, seq: 100 } }).entries).toHaveLength(1);
    expect(log.page({ limit: 5 }).isPartial).toBe(false);
  });

  it("finds predictions by the prefix of an id, and counts them", () => {
    expect(log.find("0000000000000000000000000f")[0]?.inputs).toEqual({ x: 1 });
    expect(log.find("fff")).toEqual([]);
    const rows = ROWS_LOOKED_AT + 50;
    expect(log.totals(5_000_000)).toEqual({
      predictions: rows,
      labelled: Math.floor(rows / 4),
      // Rows from 20,000 on are at 5,000 s or later.
      since: 51,
      newestAt: Math.floor(rows / 4) * 1000,
    });
  });
});
