/** Several series in one table: with `by`, every row looks back on its own series only. */
import { describe, expect, it } from "vitest";
import { categoryColumn, selectRows, type Column, type Table } from "../core/table/table.ts";
import { random } from "../core/random.ts";
import type { TransformContext, TransformOptions } from "../core/transform.ts";
import { featureMatrix, extendHistory, historyGaps, recentHistory } from "./compileTransforms.ts";
import { fitTransforms } from "../testing/fitTransforms.ts";
import { requiredColumns } from "./fitTransforms.ts";
import { rowsWithHistory } from "../pipeline/rows/rowsInReach.ts";

const DAY = 86_400_000;

/** Rows of three stores and two items on irregular days, in random order; the target is in the table. */
function mixed(count = 240): Table {
  const { uniform } = random(11);
  const cell = (size: number): number => Math.floor(uniform() * size);
  const days = Float64Array.from({ length: count }, () => cell(90) * DAY);
  return {
    rowCount: count,
    columns: [
      categoryColumn(
        "store",
        Array.from({ length: count }, () => ["north", "south", '["x"'][cell(3)]!),
      ),
      { kind: "date", name: "day", values: days },
      { kind: "number", name: "item", values: Float64Array.from({ length: count }, () => cell(2)) },
      { kind: "number", name: "y", values: Float64Array.from({ length: count }, () => cell(1000)) },
    ],
  };
}

function contextOf(table: Table): TransformContext {
  const time = table.columns.find(({ name }) => name === "day") as Column & { kind: "date" };
  const history = { timeColumn: "day", time: time.values, columns: table };
  return { task: "regression", seed: 1, target: "y", history };
}

const step = (type: string, options: TransformOptions = {}) => ({ type, options });

const requests = (by: readonly string[] | null) => [
  step("lag", { lags: [1, 3], by }),
  step("elapsed", { lags: [1, 2], by }),
  step("rolling", { windows: ["7d", "30d"], empty: "skip", by }),
  step("lag", { column: "item", by }),
  ...(by?.includes("store") ? [] : [step("drop", { column: "store" })]),
];

function rowsOf({ rowCount, columnNames, values }: ReturnType<typeof featureMatrix>): number[][] {
  return Array.from({ length: rowCount }, (_, row) =>
    Array.from(values.subarray(row * columnNames.length, (row + 1) * columnNames.length)),
  );
}

describe.each([[["store"]], [["store", "item"]], [["item"]]])("by %j", (by) => {
  const table = mixed();
  const keyOf = (row: number): string =>
    JSON.stringify(
      by.map((name) => {
        const column = table.columns.find((each) => each.name === name)!;
        return column.kind === "category" ? column.categories[column.codes[row]!] : column.values[row];
      }),
    );
  const groups = [
    ...Map.groupBy(
      Array.from({ length: table.rowCount }, (_, row) => row),
      keyOf,
    ).values(),
  ];

  it("gives every row the features that its series has in a file of its own, in the order of the rows", () => {
    const together = featureMatrix(table, fitTransforms(table, requests(by), contextOf(table)));
    expect(groups.length).toBeGreaterThan(1);
    for (const rows of groups) {
      const own = selectRows(table, rows);
      const alone = featureMatrix(own, fitTransforms(own, requests(null), contextOf(own)));
      expect(alone.columnNames.toSorted()).toEqual(together.columnNames.toSorted());
      const order = alone.columnNames.map((name) => together.columnNames.indexOf(name));
      const picked = rowsOf(together).map((values) => order.map((at) => values[at]!));
      expect(rows.map((row) => picked[row])).toEqual(rowsOf(alone));
    }
  });

  it("gives rows after an instant the same features if the older history is cut", () => {
    const fitted = fitTransforms(table, requests(by), contextOf(table));
    for (const end of [60 * DAY, 95 * DAY]) {
      const recent = recentHistory(fitted, end);
      expect(JSON.stringify(recent).length).toBeLessThan(JSON.stringify(fitted).length * 0.8);
      const days = table.columns[1] as Column & { kind: "date" };
      const later = { ...days, values: days.values.map((day, row) => Math.max(day, end + 1 + row)) };
      const rows = { ...table, columns: table.columns.with(1, later) };
      expect(rowsOf(featureMatrix(rows, recent))).toEqual(rowsOf(featureMatrix(rows, fitted)));
    }
  });

  it("is another feature than without by", () => {
    const lag = (names: readonly string[] | null) =>
      featureMatrix(
        table,
        fitTransforms(table, [step("lag", { by: names }), step("drop", { column: "store" })], contextOf(table)),
      );
    expect(lag(by).values).not.toEqual(lag(null).values);
  });

  it("keeps a history per series when rows come later, also of a series that training did not see", () => {
    const early = selectRows(
      table,
      [...groups[0]!, ...groups[1]!].filter((row) => dayOf(table, row) < 40),
    );
    const fitted = fitTransforms(early, requests(by), contextOf(early));
    const extended = extendHistory(fitted, table);
    const whole = fitTransforms(table, requests(by), contextOf(table));
    const after = selectRows(
      table,
      groups.flatMap((rows) => rows).filter((row) => dayOf(table, row) >= 40),
    );
    expect(featureMatrix(after, extended)).toEqual(featureMatrix(after, whole));
  });
});

function dayOf(table: Table, row: number): number {
  return (table.columns[1] as Column & { kind: "date" }).values[row]! / DAY;
}

describe("a row without history", () => {
  const stores = ["a", "a", "b", "b"];
  const known: Table = {
    rowCount: 4,
    columns: [
      { kind: "date", name: "day", values: Float64Array.of(1, 2, 1, 3).map((day) => day * DAY) },
      categoryColumn("store", stores),
      { kind: "number", name: "y", values: Float64Array.of(1, 2, 3, 4) },
    ],
  };
  const fitted = fitTransforms(known, [step("lag", { by: ["store"], lags: [2] })], contextOf(known));

  it("is named with its series; one of a series that training did not see has none", () => {
    const rows: Table = {
      rowCount: 5,
      columns: [
        categoryColumn("store", ["a", "b", "c", null, "b"]),
        { kind: "date", name: "day", values: Float64Array.of(3, 3, 3, 3, 9).map((day) => day * DAY) },
      ],
    };
    const missing = (message: string, more: object = {}) => ({ kind: "missing", message, ...more });
    expect(historyGaps(fitted)!(rows)).toEqual([
      null,
      missing(
        '1970-01-04, store "b": only 1 of 2 values of "y" before it; the history goes from 1970-01-02 to 1970-01-04',
      ),
      missing('store "c" was not seen in training, so it has no history', { unseen: 'store "c"' }),
      missing("no store, so the row is of no series"),
      {
        kind: "stale",
        message:
          '1970-01-10, store "b": the last "y" before it is 6 days old (1970-01-04), in training it was at most 2',
      },
    ]);
    expect([...rowsWithHistory(known, [step("lag", { by: ["store"] })], contextOf(known))]).toEqual([1, 3]);
  });

  it("is a missing value if configured so; a series that training did not see is reported all the same", () => {
    const rows: Table = {
      rowCount: 2,
      columns: [
        categoryColumn("store", ["b", "c"]),
        { kind: "date", name: "day", values: Float64Array.of(3, 3).map((day) => day * DAY) },
      ],
    };
    const options = { by: ["store"], lags: [1, 2], short_history: "missing" };
    const tolerant = fitTransforms(known, [step("lag", options)], contextOf(known));
    expect([...rowsWithHistory(known, [step("lag", options)], contextOf(known))]).toEqual([0, 1, 2, 3]);
    expect(historyGaps(tolerant)!(rows).map((gap) => gap?.kind ?? null)).toEqual([null, "stale"]);
    expect([...featureMatrix(rows, tolerant).values]).toEqual([3, NaN, NaN, NaN]);
  });

  it("needs only the time and the columns of by, and text of by is no feature", () => {
    expect([...requiredColumns(fitted)]).toEqual(["day", "store"]);
    expect(featureMatrix(known, fitted).columnNames).toEqual(["y_lag_2"]);
    const encoded = fitTransforms(known, [step("lag", { by: ["store"] }), step("one_hot")], contextOf(known));
    expect(featureMatrix(known, encoded).columnNames).toEqual(["store=a", "store=b", "y_lag_1"]);
  });

  it("cannot be told apart by the target, the time or a column that is gone", () => {
    const fit = (by: readonly string[], before: readonly ReturnType<typeof step>[] = []) =>
      fitTransforms(known, [...before, step("lag", { by })], contextOf(known));
    expect(() => fit(["y"])).toThrow('by: "y" is the target');
    expect(() => fit(["day"])).toThrow('by: "day" is the time_column');
    expect(() => fit(["shop"])).toThrow('by: no column "shop"');
    expect(() => fit(["store"], [step("one_hot")])).toThrow('by: no column "store"');
  });
});
