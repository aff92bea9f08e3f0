/** text_length and hash_text. */
import { expect, it } from "vitest";
import { categoryColumn, type Table } from "../core/table/table.ts";
import { hashText, textLength } from "./text.ts";

const context = { task: "regression", seed: 1, target: "y" } as const;
const texts: Table = { rowCount: 4, columns: [categoryColumn("t", ["Foobar, foobar a!", "", null, "smörgås 👍"])] };

function numbers(table: Table): Record<string, number[]> {
  return Object.fromEntries(
    table.columns.map((column) => [column.name, column.kind === "number" ? [...column.values] : []]),
  );
}

it("text_length counts characters and words", () => {
  const made = textLength.load(textLength.fit(texts, {}, context))(texts);
  expect(numbers(made)).toEqual({ t_length: [17, 0, NaN, 9], t_words: [3, 0, NaN, 1] });
});

it("hash_text counts words by FNV-1a, ignoring case", () => {
  const made = numbers(hashText.load(hashText.fit(texts, { buckets: 7 }, context))(texts));
  // The reference vectors of FNV-1a, 32 bits: "foobar" 0xbf9cf968, "a" 0xe40c292c; modulo 7 they are 0 and 5.
  expect([0xbf9cf968 % 7, 0xe40c292c % 7]).toEqual([0, 5]);
  expect(Object.values(made).map((column) => column[0])).toEqual([2, 0, 0, 0, 0, 1, 0]);
  expect(Object.values(made).map((column) => column[2])).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(Object.values(made).reduce((sum, column) => sum + column[3]!, 0)).toBe(1);
});
