import { describe, expect, it } from "vitest";
import { parseDate, valueFormat } from "./valueFormat.ts";

describe("parseDate", () => {
  it.each([
    ["2024-07-31", Date.UTC(2024, 6, 31)],
    ["2012-10-02 09:00:00", Date.UTC(2012, 9, 2, 9)],
    ["2012-10-02T09:00:00.250Z", Date.UTC(2012, 9, 2, 9, 0, 0, 250)],
    ["2012-10-02T09:00:00+02:00", Date.UTC(2012, 9, 2, 7)],
    ["31-Jul-2024", Date.UTC(2024, 6, 31)],
    ["1 January 2024", Date.UTC(2024, 0, 1)],
  ])("reads %s", (text, time) => expect(parseDate(text)).toBe(time));

  it.each(["", "tomorrow", "2023-02-30", "11-01-2023", "31-Foo-2024", "2024-01-01 25:00:00", "20240731"])(
    "does not guess at %j",
    (text) => expect(parseDate(text)).toBeUndefined(),
  );
});

it.each(["%d.%m.%Y %H:%M", "%d.%m.%YT%H:%M:%S.%f", "%d.%m.%Y %I:%M %p", "%d.%m.%Y %T%z"])(
  "%s reads as the pattern of its date, which any time of day may follow",
  (id) => {
    expect(valueFormat(id)).toBe(valueFormat("%d.%m.%Y"));
    expect(valueFormat(id)?.parse("13.01.2024 00:38")).toBe(Date.UTC(2024, 0, 13, 0, 38));
  },
);
