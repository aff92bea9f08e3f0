import { describe, expect, it } from "vitest";
import { dayMonthHint } from "./dayMonthDate.ts";

const dates = { example: "09/03/2024", first: 12, second: 12, forms: ["%d/%m/%Y"] };

describe("dates with an ambiguous order of day and month", () => {
  it("have the day first if a first part is above 12, the month first if a second part is", () => {
    expect(dayMonthHint("bought", { ...dates, first: 29 })).toBe(
      `the first part goes up to 29, so the day comes first: for dates, set "ingest.select": { "bought": "CAST(strptime(bought, '%d/%m/%Y') AS DATE)" } in config.json`,
    );
    expect(dayMonthHint("bought on", { ...dates, second: 13 })).toBe(
      String.raw`the second part goes up to 13, so the month comes first: for dates, set "ingest.select": { "bought on": "CAST(strptime(\"bought on\", '%m/%d/%Y') AS DATE)" } in config.json`,
    );
  });

  it("get a hint with both orders if the values allow both", () => {
    const hint = dayMonthHint("d", dates)!;
    expect(hint).toMatch(
      /^day or month can come first: .*'%d\/%m\/%Y'.*with the month first, write '%m\/%d\/%Y' in it$/,
    );
  });

  it("keep the time of day and every format that occurs", () => {
    const forms = ["%d.%m.%Y", "%d.%m.%Y %H:%M"];
    expect(dayMonthHint("d", { ...dates, first: 31, forms })).toContain(
      "CAST(strptime(d, ['%d.%m.%Y', '%d.%m.%Y %H:%M']) AS TIMESTAMP)",
    );
  });

  it("fit neither order if both parts exceed 12, and are not dates above 31", () => {
    expect(dayMonthHint("d", { ...dates, first: 31, second: 31 })).toContain("neither order fits all");
    expect(dayMonthHint("version", { ...dates, first: 40 })).toBeUndefined();
  });
});
