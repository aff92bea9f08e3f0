import { describe, expect, it } from "vitest";
import { decimalCommaHint, hasDecimalComma } from "./decimalComma.ts";

describe("a decimal comma", () => {
  it.each(["12,50", "-0,5", "+7,0", " 1,5 "])("is in %j", (text) => expect(hasDecimalComma(text)).toBe(true));
  it.each(["12.50", "12", "a,5", "1,2,3", "1,", ",5", ""])("is not in %j", (text) =>
    expect(hasDecimalComma(text)).toBe(false),
  );

  it("is converted by a setting in config.json, for any column name", () => {
    expect(decimalCommaHint("preis")).toBe(
      `set "ingest.select": { "preis": "CAST(replace(CAST(preis AS VARCHAR), ',', '.') AS DOUBLE)" } in config.json`,
    );
    expect(decimalCommaHint("preis €")).toContain(
      String.raw`"CAST(replace(CAST(\"preis €\" AS VARCHAR), ',', '.') AS DOUBLE)"`,
    );
  });
});
