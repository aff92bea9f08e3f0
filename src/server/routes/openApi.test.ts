/** What /openapi.json says of each kind of column. */
import { expect, it } from "vitest";
import { parseDate } from "../../core/text/valueFormat.ts";
import { columnSchema } from "./openApi.ts";

const column = { name: "x", missingShare: 0 };
const reading = { nullValues: [""], normalizeNames: false, formats: {} };
const [first, last] = [Date.UTC(2024, 0, 1), Date.UTC(2024, 11, 31)];

it("numbers have their format and range, as limits only if requests out of it are refused", () => {
  const age = { ...column, kind: "number", integer: true, minimum: 18, maximum: 90 } as const;
  const described = {
    type: ["number", "string", "null"],
    format: "int64",
    "x-training-range": [18, 90],
    description: "an integer; in the training rows 18 to 90",
  };
  for (const range of ["warn", "ignore"] as const) expect(columnSchema(age, { range, reading })).toEqual(described);
  expect(columnSchema(age, { range: "error", reading })).toEqual({ ...described, minimum: 18, maximum: 90 });
  // Without a value in the training rows, nothing is known.
  expect(columnSchema({ ...column, kind: "number" }, { range: "error", reading })).toEqual({
    type: ["number", "string", "null"],
    format: "double",
    description: "a number",
  });
});

it("dates say in which forms they are taken, without a format that is stricter", () => {
  const day = { ...column, kind: "date", minimum: first, maximum: last } as const;
  const schema = columnSchema(day, { range: "error", reading });
  expect(schema).toEqual({
    type: ["string", "null"],
    "x-training-range": ["2024-01-01", "2024-12-31"],
    description:
      "a date such as 2024-01-31, or as 2024-01-31T08:15:00Z, 2024/1/31 or 31-Jan-2024; UTC if no time zone is given; in the training rows 2024-01-01 to 2024-12-31",
  });
  // Each of them is read.
  for (const form of String(schema["description"])
    .match(/\d[\w:/-]*/g)!
    .filter((text) => text.includes("31")))
    expect(parseDate(form), form).toBeGreaterThan(0);
  const own = columnSchema(day, { range: "warn", reading: { ...reading, formats: { x: "%d.%m.%Y" } } });
  expect(own["description"]).toMatch(/^a date written %d\.%m\.%Y or 2024-01-31, or as/);
});
