import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table, type Task } from "../core/table/table.ts";
import { automaticTransforms } from "./automatic.ts";

const linear = { complete: true, standardized: true };
const trees = { complete: false, standardized: false };

describe("automaticTransforms", () => {
  it("imputes and standardizes for a family that needs it, then adds one-hot columns, which stay 0 and 1", () => {
    const { requests, notes } = automaticTransforms(mixed(), { needs: linear }, "binary");
    expect(requests).toEqual([
      { type: "date_parts", options: {} },
      { type: "impute", options: { strategy: "median" } },
      { type: "standardize", options: {} },
      { type: "one_hot", options: {} },
    ]);
    expect(notes).toEqual([]);
  });

  it("leaves numbers unchanged for a family that accepts missing values", () => {
    const { requests } = automaticTransforms(mixed(), { needs: trees }, "binary");
    expect(requests.map((request) => request.type)).toEqual(["date_parts", "one_hot"]);
  });

  it("plans nothing for column kinds that the table does not have", () => {
    const { requests } = automaticTransforms(tableOf(category(30, (i) => `c${i % 3}`)), { needs: linear }, "binary");
    expect(requests.map((request) => request.type)).toEqual(["one_hot"]);
  });

  it("drops constants, empty columns, ids and free text, with a reason", () => {
    const table: Table = tableOf(
      numbers(30, (i) => i % 2, "kept"),
      numbers(30, () => 4, "constant"),
      numbers(30, () => NaN, "empty"),
      numbers(30, (i) => 1000 + i, "user_id"),
      category(30, () => "same", "country"),
      category(30, (i) => `text ${Math.floor(i / 1.5)}`, "comment"),
      category(30, (i) => `key ${i}`, "key"),
      category(30, () => null, "nothing"),
    );
    const { requests, notes } = automaticTransforms(table, { needs: trees }, "binary");
    expect(requests).toEqual([
      {
        type: "drop",
        options: { columns: ["constant", "empty", "user_id", "country", "comment", "key", "nothing"] },
      },
    ]);
    expect(notes).toEqual([
      '2 columns are not used: every row has the same value: "constant", "country"',
      '2 columns are not used: no row has a value: "empty", "nothing"',
      'column "user_id" is not used: every value is different, and the name looks like an id',
      'column "comment" is not used: too many values are different, as in an id or free text',
      'column "key" is not used: every value is different, as in an id',
    ]);
  });

  it("says how to read text that is numbers with a unit, or dates in words; codes are ids", () => {
    const months = ["Januar", "M\u00e4rz", "Okt."];
    const table = tableOf(
      ...[
        ["weight", (i: number) => `${i}.91 kg`],
        ["on", (i: number) => `${(i % 28) + 1}. ${months[i % 3]} ${1990 + i}`],
        ["code", (i: number) => `A${i}B`],
        ["fee", (i: number) => (i === 30 ? "abc" : `${i}.50`)],
      ].map(([name, text]) => ({ ...category(40, text as (i: number) => string), name: name as string })),
    );
    expect(automaticTransforms(table, { needs: trees }, "binary").notes).toEqual([
      'column "weight" is not used: the values are text such as "0.91 kg"; if they are numbers of one unit, set "ingest.select": { "weight": "TRY_CAST(regexp_extract(CAST(weight AS VARCHAR), \'[-+]?[0-9.]+\') AS DOUBLE)" } in config.json',
      'column "on" is not used: the values are text such as "1. Januar 1990"; if they are dates, set "ingest.select": { "on": "try_strptime(CAST(\\"on\\" AS VARCHAR), \'%d %B %Y\')" } in config.json, with their order and words',
      'column "code" is not used: every value is different, as in an id',
      'column "fee" is not used: most values look like numbers or dates, but not all, such as "abc"; see the notes of ingest',
    ]);
  });

  it("counts the cells of dates that cannot be read, instead of calling the column an id or free text", () => {
    const day = (i: number): string => `2024-${1 + (i % 12)}-${1 + (i % 28)}`;
    const note = (odd: (i: number) => string | undefined): string =>
      automaticTransforms(
        tableOf({ ...category(84, (i) => odd(i) ?? day(i)), name: "on" }),
        { needs: trees },
        "binary",
      ).notes.join();
    const cure = `set "ingest.select": { "on": "coalesce(TRY_CAST(CAST(\\"on\\" AS VARCHAR) AS TIMESTAMP), try_strptime(`;
    // Every 40th cell is the same day that does not exist; every other one is written without hyphens.
    expect(note((i) => (i % 40 === 3 ? "2024-02-30" : undefined))).toContain(
      `column "on" is not used: the values look like dates, but 3 cells cannot be read (e.g. "2024-02-30"); correct them, or ${cure}`,
    );
    expect(note((i) => (i % 2 === 1 ? `202401${10 + (i % 20)}` : undefined))).toMatch(
      /, but 42 cells cannot be read \(e\.g\. "2024011/,
    );
    expect(note((i) => `2024-W${10 + (i % 40)}-${1 + (i % 7)}`)).toContain(", but 84 cells cannot be read");
    expect(note((i) => `2024-0${100 + i}`)).toContain("every value is different, as in an id");
  });

  it("names the first columns of hundreds that are dropped for one reason", () => {
    const table = tableOf(...Array.from({ length: 300 }, (_, i) => numbers(30, () => 4, `c${i}`)));
    expect(automaticTransforms(table, { needs: trees }, "binary").notes).toEqual([
      '300 columns are not used: every row has the same value: "c0", "c1", "c2", "c3", "c4" and 295 more',
    ]);
  });

  it("recognises an id by its name only if every value is an integer and unique", () => {
    expect(
      droppedNames(whole("id"), whole("UserID"), whole("userId"), whole("user-id"), whole("ORDER_ID")),
    ).toHaveLength(5);
    expect(droppedNames(whole("paid"), whole("grid"), whole("PAID"), whole("identity"))).toEqual([]);
    expect(droppedNames(numbers(30, (i) => i % 29, "user_id"))).toEqual([]);
    expect(droppedNames(numbers(30, (i) => i / 7, "user_id"))).toEqual([]);
  });

  it("keeps a column that is constant except for missing values", () => {
    const table = tableOf(
      numbers(30, (i) => (i % 3 === 0 ? NaN : 1), "flag"),
      category(30, (i) => (i % 3 === 0 ? null : "yes"), "reply"),
    );
    expect(automaticTransforms(table, { needs: trees }, "binary").notes).toEqual([]);
  });

  it("keeps up to half as many categories as rows, more in a small table; for classes at most a thousand", () => {
    const isKept = (rows: number, distinct: number, task: Task = "binary"): boolean => {
      const { notes } = automaticTransforms(tableOf(category(rows, (i) => `c${i % distinct}`)), { needs: trees }, task);
      return !notes.join().includes("not used");
    };
    expect([isKept(20, 10), isKept(20, 11), isKept(19, 11), isKept(5000, 2500)]).toEqual([true, false, true, true]);
    expect([isKept(5000, 1000, "multiclass"), isKept(5000, 1001, "multiclass")]).toEqual([true, false]);
  });

  it("gives trees 0/1 columns for few values, codes for some and the mean target for many", () => {
    const table = tableOf(...[5, 6, 30, 31].map((count) => category(50_001, (i) => `v${i % count}`, `of ${count}`)));
    const [means, codes, zeros] = [{ columns: ["of 31"] }, { columns: ["of 6", "of 30"] }, {}];
    const { requests, notes } = automaticTransforms(table, { needs: trees }, "regression");
    expect(requests).toEqual([
      { type: "target_encode", options: means },
      { type: "ordinal", options: codes },
      { type: "one_hot", options: zeros },
    ]);
    expect(notes).toEqual([
      'column "of 31" has many values and is encoded by target_encode; to change this, set "features" or "drop_columns" in config.json',
    ]);
    const classes = automaticTransforms(table, { needs: trees }, "multiclass").requests;
    expect(classes[0]).toEqual({ type: "ordinal", options: { columns: ["of 6", "of 30", "of 31"] } });
    expect(typesOf(table, linear)).toEqual(["one_hot"]);
    const small = tableOf(...[60, 61].map((count) => category(500, (i) => `v${i % count}`, `of ${count}`)));
    expect(typesOf(small, trees)).toEqual(["target_encode", "one_hot"]);
    expect(typesOf(tableOf(category(3000, (i) => `v${i % 1001}`)), linear)).toEqual([
      "target_encode",
      "impute",
      "standardize",
    ]);
  });

  it("hashes the words of prose, for trees in fewer columns where there are few rows; names and titles are no prose", () => {
    const prose = (i: number): string => `the parcel number ${i} has arrived today`;
    const hashed = { type: "hash_text", options: { columns: ["c"], buckets: 4096 } };
    expect(automaticTransforms(tableOf(category(600, prose)), { needs: linear }, "binary")).toEqual({
      requests: [hashed],
      notes: [
        'column "c" is prose and is encoded by hash_text; to change this, set "features" or "drop_columns" in config.json',
      ],
    });
    for (const [rows, needs, buckets] of [
      [200, trees, 32],
      [600, trees, 128],
      [9000, trees, 128],
      [9000, linear, 1024],
    ] as const) {
      const [request] = automaticTransforms(tableOf(category(rows, prose)), { needs }, "binary").requests;
      expect(request!.options).toEqual({ columns: ["c"], buckets });
    }
    expect(typesOf(tableOf(category(600, (i) => `Braund, Mr. Owen ${i}`)), linear)).toEqual(["drop"]);
  });
});

function typesOf(table: Table, needs: typeof linear): string[] {
  return automaticTransforms(table, { needs }, "binary").requests.map(({ type }) => type);
}

function droppedNames(...columns: Column[]) {
  const { requests } = automaticTransforms(tableOf(...columns), { needs: trees }, "binary");
  return requests.flatMap(({ options }) => options["columns"]);
}

function whole(name: string): Column {
  return numbers(30, (i) => i, name);
}

function mixed(): Table {
  return tableOf(
    numbers(30, (i) => i % 7),
    category(30, (i) => `c${i % 3}`),
    { kind: "date", name: "when", values: Float64Array.from({ length: 30 }, (_, i) => i * 86_400_000) },
  );
}

function tableOf(...columns: Column[]): Table {
  const first = columns[0]!;
  return { rowCount: first.kind === "category" ? first.codes.length : first.values.length, columns };
}

function numbers(length: number, value: (i: number) => number, name = "x"): Column {
  return { kind: "number", name, values: Float64Array.from({ length }, (_, i) => value(i)) };
}

function category(length: number, text: (i: number) => string | null, name = "c"): Column {
  return categoryColumn(
    name,
    Array.from({ length }, (_, i) => text(i)),
  );
}
