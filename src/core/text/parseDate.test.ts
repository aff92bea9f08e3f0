import { describe, expect, it } from "vitest";
import { parseDate } from "./valueFormat.ts";

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
