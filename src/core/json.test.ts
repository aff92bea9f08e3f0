import { expect, it } from "vitest";
import { parseExactJson } from "./json.ts";

it.each([
  ["9007199254740991", 9007199254740991],
  ["9007199254740993", "9007199254740993"],
  ["-14689519642107133949", "-14689519642107133949"],
  ["1e20", 1e20],
  ["0.12345678901234567890", 0.12345678901234568],
  ["12345678901234567.5", 12345678901234568],
  ['"9007199254740993"', "9007199254740993"],
  ["[[9007199254740993]]", [["9007199254740993"]]],
  ['{"a": -1E400}', { a: "-1E400" }],
])("parses %s without losing a digit of an integer or the size of a number", (text, value) =>
  expect(parseExactJson(text)).toEqual(value),
);

it("keeps __proto__ as a key like any other", () => {
  const parsed = parseExactJson('{"__proto__":9007199254740993}');
  expect(Object.entries(parsed as object)).toEqual([["__proto__", "9007199254740993"]]);
});

it("rejects what JSON.parse rejects", () => {
  expect(() => parseExactJson("[09007199254740993]")).toThrow(SyntaxError);
});

it.each([
  ['{"a":1,"b":2,"a":3}', '"a"'],
  ['{"a":1,"\\u0061":2}', '"\\u0061"'],
  ['[{"a":1},{"b":{"c" : 1, "c"\n: [2]}}]', '"c"'],
  ['{"__proto__":1,"__proto__":2}', '"__proto__"'],
])("refuses %s, of which JSON.parse would take the last value", (text, key) => {
  expect(() => parseExactJson(text)).toThrow(new SyntaxError(`duplicate key ${key}`));
});

it.each([
  '{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}',
  '{"a":"b\\":\\":{","b":"\\"a\\":1"}',
  '["a\\\\", ":", {"x":"12:30"}]',
])("parses %s, in which no object has a key twice", (text) => expect(parseExactJson(text)).toEqual(JSON.parse(text)));

it("reads a long string with a quote and a colon in it", () => {
  const long = { a: `x":${"y".repeat(12_000_000)}` };
  expect(parseExactJson(JSON.stringify(long))).toEqual(long);
});
