import { describe, expect, it } from "vitest";
import type { Column, Table } from "../../core/table/table.ts";
import { rowOrders, timeOrder } from "./splitRows.ts";

const day = 86_400_000;
const days = Array.from({ length: 60 }, (_, row) => Math.floor(row / 2) * day);
const column = (kind: "number" | "date", name: string, values: readonly number[]): Column => ({
  kind,
  name,
  values: Float64Array.from(values),
});
const tableOf = (...columns: Column[]): Table => ({ rowCount: 60, columns });

describe("timeOrder", () => {
  it("finds a date column that never goes back", () => {
    const found = timeOrder(tableOf(column("date", "birth", days.toReversed()), column("date", "sold", days)));
    expect(found?.name).toBe("sold");
    expect([...found!.times]).toEqual(days);
  });

  it("finds rows that are newest first, or in order within groups, if asked", () => {
    const [reversed, grouped] = [days.toReversed(), days.map((_, row) => (row % 30) * day)];
    for (const [times, order] of [
      [days, "in the order of"],
      [reversed, "newest first by"],
      [grouped, "in groups in the order of"],
    ] as const) {
      expect(timeOrder(tableOf(column("date", "sold", times)), rowOrders)).toMatchObject({ name: "sold", order });
    }
    const shuffled = days.map((_, row) => ((row * 7) % 60) * day);
    expect(timeOrder(tableOf(column("date", "sold", shuffled)), rowOrders)).toBeUndefined();
    expect(timeOrder(tableOf(column("date", "sold", reversed)))).toBeUndefined();
  });

  it("finds year, month, day and hour in columns of their own", () => {
    const part = (of: (time: Date) => number) => days.map((time) => of(new Date(time + 31 * day)));
    const [year, month, dayOfMonth] = [
      column(
        "number",
        "year",
        part((time) => time.getUTCFullYear()),
      ),
      column(
        "number",
        "Month",
        part((time) => time.getUTCMonth() + 1),
      ),
      column(
        "number",
        "day",
        part((time) => time.getUTCDate()),
      ),
    ];
    const hour = column(
      "number",
      "hour",
      days.map((_, row) => 12 * (row % 2)),
    );
    expect(timeOrder(tableOf(hour, dayOfMonth, month, year))?.name).toBe("year, Month, day, hour");
    expect([...timeOrder(tableOf(year, month, dayOfMonth))!.times]).toEqual(days.map((time) => time + 31 * day));
    expect(timeOrder(tableOf(year, month))).toBeUndefined(); // a day is missing, so there are few times
    expect(timeOrder(tableOf(year, dayOfMonth, hour))).toBeUndefined();
  });

  it("finds years, also in groups and of two digits, but no numbers that only have this name", () => {
    const years = (first: number, of = 60): Column =>
      column(
        "number",
        "Year",
        days.map((_, row) => first + (row % of)),
      );
    expect(timeOrder(tableOf(years(1940)))).toMatchObject({ name: "Year", order: "in the order of" });
    expect(timeOrder(tableOf(years(63, 20)), rowOrders)?.order).toBe("in groups in the order of");
    const month = column(
      "number",
      "month",
      days.map((_, row) => ((row * 7) % 12) + 1),
    );
    const quarters = column(
      "number",
      "year",
      days.map((_, row) => 1990 + Math.floor(row / 4)),
    );
    expect(timeOrder(tableOf(month, quarters))?.name).toBe("year"); // not in the order of months
    expect(timeOrder(tableOf(years(0)))).toBeUndefined();
    expect(timeOrder(tableOf(years(1940.5)))).toBeUndefined();
  });

  it("finds nothing in a shuffled file, with a missing date, or with few dates", () => {
    expect(timeOrder(tableOf(column("date", "sold", [...days.slice(1), 0])))).toBeUndefined();
    expect(timeOrder(tableOf(column("date", "sold", days.with(30, NaN))))).toBeUndefined();
    expect(
      timeOrder(
        tableOf(
          column(
            "date",
            "sold",
            days.map((time) => Math.floor(time / day / 10) * day),
          ),
        ),
      ),
    ).toBeUndefined();
    expect(timeOrder(tableOf(column("number", "sold", days)))).toBeUndefined();
  });
});
