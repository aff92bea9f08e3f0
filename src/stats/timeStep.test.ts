/** Expected times: pandas.date_range(start, periods=…, freq=…). */
import { describe, expect, it } from "vitest";
import { nextTimes, seasonOf, stepName, timeStep, type TimeStep } from "./timeStep.ts";

const at = (dates: readonly string[]) => dates.map((date) => Date.parse(date.length > 10 ? `${date}Z` : date));
const iso = (times: readonly number[]) =>
  times.map((time) => new Date(time).toISOString().slice(0, 16).replace("T00:00", ""));

function stepOf(dates: readonly string[]): TimeStep {
  const found = timeStep(at(dates));
  if (typeof found === "string") throw new Error(found);
  return found.step;
}

describe.each([
  [
    "every 15 minutes",
    ["2024-01-01T23:15", "2024-01-01T23:30", "2024-01-01T23:45"],
    ["2024-01-02", "2024-01-02T00:15"],
    96,
  ],
  [
    "hourly",
    ["2024-02-28T22:00", "2024-02-28T23:00", "2024-02-29T00:00"],
    ["2024-02-29T01:00", "2024-02-29T02:00"],
    24,
  ],
  ["daily", ["2024-02-26", "2024-02-27", "2024-02-28"], ["2024-02-29", "2024-03-01"], 7],
  // freq="B"
  [
    "business daily (Monday to Friday)",
    ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-10", "2024-01-11", "2024-01-12"],
    ["2024-01-15", "2024-01-16"],
    5,
  ],
  ["weekly", ["2023-12-18", "2023-12-25", "2024-01-01"], ["2024-01-08", "2024-01-15"], 52],
  ["every 2 weeks", ["2023-12-18", "2024-01-01", "2024-01-15"], ["2024-01-29", "2024-02-12"], null],
  // freq="MS"
  ["monthly", ["1949-01-01", "1949-02-01", "1949-03-01", "1949-04-01"], ["1949-05-01", "1949-06-01"], 12],
  // freq="ME"
  ["monthly, on the last day", ["2023-11-30", "2023-12-31", "2024-01-31"], ["2024-02-29", "2024-03-31"], 12],
  ["monthly, on day 30", ["2023-12-30", "2024-01-30", "2024-02-29", "2024-03-30"], ["2024-04-30", "2024-05-30"], 12],
  // freq="QE"
  ["quarterly, on the last day", ["2023-03-31", "2023-06-30", "2023-09-30"], ["2023-12-31", "2024-03-31"], 4],
  // freq="YS"
  ["yearly", ["1969-01-01", "1970-01-01", "1971-01-01"], ["1972-01-01", "1973-01-01"], null],
])("%s", (name, dates, next, season) => {
  it("is found, named, continued and has its season", () => {
    const step = stepOf(dates);
    expect(stepName(step)).toBe(name);
    expect(iso(nextTimes(at(dates).at(-1)!, step, 2))).toEqual(next);
    expect(seasonOf(step)).toBe(season);
  });
});

it("counts the times that a regular series lacks", () => {
  const daily = Array.from({ length: 20 }, (_, day) => day * 86_400_000);
  expect(timeStep(daily.filter((_, day) => day !== 7 && day !== 8 && day !== 13))).toMatchObject({ missing: 3 });
  expect(timeStep(at(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01", "2024-07-01"]))).toEqual({
    step: { unit: "month", count: 1, day: 1 },
    missing: 1,
  });
  // Three weeks without New Year's Day.
  const business = ["12-27", "12-28", "12-29"].map((day) => `2023-${day}`);
  const later = ["02", "03", "04", "05", "08"].map((day) => `2024-01-${day}`);
  expect(timeStep(at([...business, ...later]))).toEqual({ step: { unit: "business day", count: 1 }, missing: 1 });
});

it("says why a series is irregular", () => {
  expect(timeStep(at(["2024-01-01", "2024-01-02"]))).toBe("it has 2 times, and a step needs 3");
  const daily = Array.from({ length: 12 }, (_, i) => `2024-01-${String(i + 1).padStart(2, "0")}`);
  expect(timeStep(at(daily.with(3, "2024-01-04T07:00")))).toBe(
    "most of its times are daily, but not 2024-01-03T00:00:00.000Z and 2024-01-04T07:00:00.000Z",
  );
  expect(timeStep(at(["2024-01-01", "2024-01-02", "2024-01-09", "2024-01-10", "2024-01-19"]))).toBe(
    "only 50 % of its times are one step (daily) apart",
  );
});
