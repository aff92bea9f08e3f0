import { expect, it } from "vitest";
import { calendar, continued } from "./calendar.ts";

const DAY = 86_400_000;
const start = Date.UTC(2024, 1, 1);
const times = Float64Array.from({ length: 28 }, (_, i) => start + i * DAY);
const column = (name: string, of: (date: Date) => number) => ({
  kind: "number" as const,
  name,
  values: times.map((time) => of(new Date(time))),
});
const month = column("month", (date) => date.getUTCMonth() + 1);
/** The last day of February 2024, and the first of March. */
const later = [start + 28 * DAY, start + 29 * DAY];

it("continues year, month, day and the day of the week at later times", () => {
  const at = (name: string, of: (date: Date) => number) => later.map(continued(column(name, of), times)!);
  expect(at("Year", (date) => date.getUTCFullYear())).toEqual([2024, 2024]);
  expect(at("mon", (date) => date.getUTCMonth() + 1)).toEqual([2, 3]);
  expect(at("date_of_month", (date) => date.getUTCDate())).toEqual([29, 1]);
  expect(at("quarter", (date) => Math.floor(date.getUTCMonth() / 3) + 1)).toEqual([1, 1]);
  // Days of the week count from any day.
  expect(at("day_of_week", (date) => ((date.getUTCDay() + 4) % 7) + 1)).toEqual([2, 3]);
});

it("continues nothing that does not follow from the time", () => {
  expect(
    continued(
      column("day", (date) => date.getUTCDate() % 9),
      times,
    ),
  ).toBeUndefined();
  expect(
    continued(
      column("weekday", (date) => date.getUTCDate() % 6),
      times,
    ),
  ).toBeUndefined();
  expect(continued({ ...month, name: "promo" }, times)).toBeUndefined();
  const week = times.slice(0, 13);
  expect(
    continued({ ...month, name: "dow", values: week.map((time) => new Date(time).getUTCDay()) }, week),
  ).toBeUndefined();
});

it("reads times of year, month and day, then of fewer of them", () => {
  const columns = [column("year", () => 2024), month, column("day", (date) => date.getUTCDate())];
  const found = calendar({ rowCount: times.length, columns });
  expect(found.map(({ name }) => name)).toEqual(["year, month, day", "year, month", "year"]);
  expect([...found[0]!.times]).toEqual([...times]);
  const quarter = (name: string, of: (i: number) => number) => ({
    kind: "number" as const,
    name,
    values: Float64Array.from({ length: 8 }, (_, i) => of(i)),
  });
  const quarters = [quarter("year", (i) => 2020 + (i >> 2)), quarter("quarter", (i) => (i % 4) + 1)];
  const [quarterly] = calendar({ rowCount: 8, columns: quarters });
  expect(quarterly).toMatchObject({ name: "year, quarter", isQuarterly: true });
  expect(Array.from(quarterly!.times, (time) => new Date(time).toISOString().slice(0, 7)).slice(2, 5)).toEqual([
    "2020-07",
    "2020-10",
    "2021-01",
  ]);
});
