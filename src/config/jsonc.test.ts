import { describe, expect, it } from "vitest";
import { parseJsonc } from "./jsonc.ts";

const value = (text: string) => parseJsonc(text, "config.json").value;

describe("parseJsonc", () => {
  it("parses JSON as JSON.parse does", () => {
    const text = String.raw`{"a":[1,-2.5e3,true,false,null,"x\n\u00e9\"\\/"],"b":{"c":{}},"":0}`;
    expect(value(text)).toEqual(JSON.parse(text));
  });

  it("allows comments of both kinds, trailing commas and a byte order mark", () => {
    expect(
      value('\uFEFF// one\n{ /* two\n lines */ "a": [1, 2,], // three\n "b": "// no comment", }\n/* end */'),
    ).toEqual({
      a: [1, 2],
      b: "// no comment",
    });
  });

  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 'found "\\"", expected a comma, line 3, column 3'],
    ['{"a": }', 'found "}", expected a value, line 1, column 7'],
    ["{'a': 1}", 'found "\'", expected a value or a key in double quotes, line 1, column 2'],
    ['{"a": 1', 'found the end of the file, expected a comma or "}", line 1, column 8'],
    ["", "found the end of the file, expected a value, line 1, column 1"],
    ['{"a": "x\n"}', "a string is not closed, line 1, column 7"],
    ['{"a": 1, "a": 2}', 'duplicate key "a" in an object, line 1, column 10'],
    ['{"a": 01}', 'found "1", expected a comma, line 1, column 8'],
    ['{"a": NaN}', 'found "NaN", expected a value or a key in double quotes, line 1, column 7'],
    ['{"path": "C:\\data"}', "this is not a valid escape (a backslash is written \\\\), line 1, column 10"],
    ["{} {}", 'found "{", expected the end of the file, line 1, column 4'],
    ["/* open", "a comment is not closed, line 1, column 1"],
    ["\u0000{", 'found "\\u0000", expected a value or a key in double quotes, line 1, column 1'],
  ])("reports the problem in %j with line and column", (text, problem) => {
    const message = `config.json is not valid JSON: ${problem}`;
    expect(() => value(text)).toThrow(expect.objectContaining({ kind: "usage", message }));
  });

  it("rejects excessive nesting instead of overflowing the stack", () => {
    expect(() => value("[".repeat(100_000))).toThrow("more than 100 levels deep");
  });

  it("keeps the line and column of every value", () => {
    const { positions } = parseJsonc('{\n  "train": {\n    "models": [ { "family": "xgboost" } ]\n  }\n}', "x");
    expect(positions.get("train.models.0.family")).toEqual({ line: 3, column: 29 });
  });

  it("treats __proto__ as an ordinary key", () => {
    expect(Object.keys(value('{"__proto__": {"polluted": 1}}') as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
