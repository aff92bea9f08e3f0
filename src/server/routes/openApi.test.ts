/** What /openapi.json says of each kind of column. */
import { expect, it } from "vitest";
import { columnSchema } from "./openApi.ts";

const column = { name: "x", missingShare: 0 };
const [first, last] = [Date.UTC(2024, 0, 1), Date.UTC(2024, 11, 31)];

it("numbers have their format and range, as limits only if requests out of it are refused", () => {
  const age = { ...column, kind: "number", integer: true, minimum: 18, maximum: 90 } as const;
  const described = {
    type: ["number", "string", "null"],
    format: "int64",
    "x-training-range": [18, 90],
    description: "an integer; in the training rows 18 to 90",
  };
  for (const range of ["warn", "ignore"] as const) expect(columnSchema(age, range)).toEqual(described);
  expect(columnSchema(age, "error")).toEqual({ ...described, minimum: 18, maximum: 90 });
  // Without a value in the training rows, nothing is known.
  expect(columnSchema({ ...column, kind: "number" }, "error")).toEqual({
    type: ["number", "string", "null"],
    format: "double",
    description: "a number",
  });
});

it("dates are days, or have a time of day, as in the training rows", () => {
  const day = { ...column, kind: "date", minimum: first, maximum: last } as const;
  expect(columnSchema(day, "error")).toMatchObject({
    type: ["string", "null"],
    format: "date",
    "x-training-range": ["2024-01-01", "2024-12-31"],
  });
  expect(columnSchema({ ...day, maximum: last + 1000 }, "warn")["format"]).toBe("date-time");
  expect(columnSchema({ ...column, kind: "date" }, "warn")["format"]).toBe("date-time");
});
