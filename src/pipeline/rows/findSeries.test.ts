import { describe, expect, it } from "vitest";
import type { History } from "../../core/transform.ts";
import type { CategoryColumn, NumberColumn } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { findSeries, followsPast } from "./findSeries.ts";

const DAY = 86_400_000;

function category(name: string, texts: readonly string[]): CategoryColumn {
  const categories = [...new Set(texts)];
  return { kind: "category", name, codes: Int32Array.from(texts, (text) => categories.indexOf(text)), categories };
}

/** Days of all pairs of keys. */
function historyOf(
  days: readonly number[],
  ...keys: readonly (readonly [name: string, values: readonly string[]])[]
): History {
  const pairs = keys.reduce<string[][]>(
    (all, [, values]) => all.flatMap((each) => values.map((one) => [...each, one])),
    [[]],
  );
  const rows = days.flatMap((day) => pairs.map((pair) => ({ day, pair })));
  const columns = keys.map(([name], at) =>
    category(
      name,
      rows.map(({ pair }) => pair[at]!),
    ),
  );
  return {
    timeColumn: "day",
    time: Float64Array.from(rows, ({ day }) => day * DAY),
    columns: { rowCount: rows.length, columns },
  };
}

const days = Array.from({ length: 60 }, (_, i) => i);

describe("findSeries", () => {
  it("finds one series, and several by one or two text columns", () => {
    const one = historyOf(days);
    expect(findSeries(one, one.columns)).toEqual({
      by: [],
      step: { unit: "millisecond", count: DAY },
      length: 60,
      span: 59 * DAY,
    });
    const stores = historyOf(days, ["store", ["a", "b", "c"]]);
    expect(findSeries(stores, stores.columns)).toMatchObject({ by: ["store"], length: 60 });
    const both = historyOf(days, ["item", ["x", "y", "z"]], ["store", ["a", "b"]]);
    expect(findSeries(both, both.columns)?.by).toEqual(["store", "item"]);
    // Numbers the rows of each day, in an order of its own.
    const line = Float64Array.from(both.time, (time, i) => ((i % 6) * (time % (2 * DAY) === 0 ? 1 : 5)) % 6);
    const numbered = {
      ...both.columns,
      columns: [{ kind: "number", name: "line", values: line } as const, ...both.columns.columns],
    };
    expect(findSeries({ ...both, columns: numbered }, numbered)?.by).toEqual(["store", "item"]);
  });

  it("finds series that numbers tell apart, where most have most of the times and the numbers are no parts of a time", () => {
    const number = (name: string, values: readonly number[]): NumberColumn => ({
      kind: "number",
      name,
      values: Float64Array.from(values),
    });
    const byOf = (name: string, value: (text: string) => number, from = days): readonly string[] | undefined => {
      const shops = historyOf(from, ["shop", ["1", "2", "3"]]);
      const [shop] = shops.columns.columns as [CategoryColumn];
      const texts = Array.from(shop.codes, (code) => shop.categories[code]!);
      const columns = { ...shops.columns, columns: [number(name, texts.map(value))] };
      return findSeries({ ...shops, columns }, columns)?.by;
    };
    expect(byOf("shop", Number)).toEqual(["shop"]);
    expect(byOf("shop", (text) => Number(text) / 2)).toBeUndefined();
    expect(byOf("shop", (text) => (text === "3" ? NaN : Number(text)))).toBeUndefined();
    expect(byOf("hour", Number)).toBeUndefined();
    // Amounts that are never the same twice a day: each has few of the days.
    let row = 0;
    const many = Array.from({ length: 600 }, (_, i) => i);
    expect(byOf("items", (text) => Number(text) + 3 * (Math.floor(row++ / 3) % 10), many)).toBeUndefined();
    const both = historyOf(days, ["item", ["5", "6", "7"]], ["store", ["1", "2"]]);
    const numbers = both.columns.columns.map((column) => {
      const { name, codes, categories } = column as CategoryColumn;
      return number(
        name,
        Array.from(codes, (code) => Number(categories[code]!)),
      );
    });
    const columns = { ...both.columns, columns: numbers };
    expect(findSeries({ ...both, columns }, columns)?.by).toEqual(["store", "item"]);
  });

  it("finds none where a time comes twice, times are irregular, or each series is short", () => {
    const twice = historyOf([...days, ...days], ["store", ["a", "b"]]);
    expect(findSeries(twice, twice.columns)).toBeUndefined();
    const irregular = historyOf(days.map((day) => day ** 2));
    expect(findSeries(irregular, irregular.columns)).toBeUndefined();
    const short = historyOf(days.slice(0, 20), ["store", ["a", "b"]]);
    expect(findSeries(short, short.columns)).toBeUndefined();
    expect(findSeries(short, ["store"])?.length).toBe(20); // as configured
  });
});

describe("followsPast", () => {
  const follows = (history: History, y: readonly number[]): boolean =>
    followsPast(history, Float64Array.from(y), { ...findSeries(history, history.columns)!, share: 0.8 });

  it("is true for a trend, a season and a walk, and false for noise", () => {
    const generator = random(7);
    const noise = days.map(() => generator.uniform());
    expect(follows(historyOf(days), days)).toBe(true);
    expect(
      follows(
        historyOf(days),
        days.map((day) => [3, 1, 0, 2, 5, 9, 7][day % 7]!),
      ),
    ).toBe(true);
    expect(follows(historyOf(days), noise)).toBe(false);
    expect(
      follows(
        historyOf(days),
        days.map(() => 4),
      ),
    ).toBe(false);
  });

  it("judges each series around its own level, on its first rows only", () => {
    const generator = random(3);
    const stores = historyOf(days, ["store", ["a", "b"]]);
    const levels = Array.from({ length: 120 }, (_, row) => (row % 2) * 1000 + generator.uniform());
    expect(follows(stores, levels)).toBe(false);
    expect(
      follows(
        historyOf(days),
        days.map((day) => (day < 48 ? generator.uniform() : day)),
      ),
    ).toBe(false);
  });
});
