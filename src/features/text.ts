/** Transforms of text: its length, and hashing of its words into a fixed number of buckets. */
import { param } from "../core/paramSpec.ts";
import { categoryColumn, cellText } from "../core/table/table.ts";
import { columnTransform, nameOf } from "./mapColumns.ts";

/** The words of a string: runs of letters and digits of any script, in lower case. */
export function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

const measures = { length: (text: string) => [...text].length, words: (text: string) => words(text).length };

/** `<name>_length` and `<name>_words`; missing stays missing, an empty text has length 0. */
export const textLength = columnTransform<{ readonly columns: readonly string[] }, "category">({
  type: "text_length",
  description: "replaces text by its number of characters and words",
  kind: "category",
  fit: (columns) => ({ columns: columns.map(nameOf) }),
  outputs: (name) => Object.keys(measures).map((measure) => `${name}_${measure}`),
  replace:
    (name) =>
    ({ codes, categories }) =>
      Object.entries(measures).map(([measure, of]) => {
        const values = Float64Array.from(codes, (code) => (code < 0 ? NaN : of(categories[code]!)));
        return { kind: "number", name: `${name}_${measure}`, values };
      }),
});

/** `<name>_hash_<bucket>`. Learns nothing, so unseen words are counted too. A missing text has no words. */
export const hashText = columnTransform<
  { readonly columns: readonly string[]; readonly buckets: number },
  "category",
  { buckets: number }
>({
  type: "hash_text",
  description: "replaces text by word counts in a fixed number of hash buckets",
  kind: "category",
  options: [
    param(
      "buckets",
      { type: "integer", default: 16, minimum: 1, maximum: 4096 },
      "number of columns; words in the same bucket are counted together",
    ),
  ],
  fit: (columns, { buckets }) => ({ columns: columns.map(nameOf), buckets }),
  outputs: bucketNames,
  replace:
    (name, state) =>
    ({ codes, categories }) => {
      const counts = bucketNames(name, state).map(() => new Float64Array(codes.length));
      codes.forEach((code, row) => {
        if (code < 0) return;
        for (const word of words(categories[code]!)) counts[hash(word) % state.buckets]![row]!++;
      });
      return bucketNames(name, state).map((made, i) => ({ kind: "number", name: made, values: counts[i]! }));
    },
});

function bucketNames(name: string, { buckets }: { readonly buckets: number }): string[] {
  return Array.from({ length: buckets }, (_, bucket) => `${name}_hash_${bucket}`);
}

/** FNV-1a over UTF-8, 32 bits. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(word)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** For whole numbers without an order, which one_hot and the like then encode. */
export const asText = columnTransform<{ readonly columns: readonly string[] }, "number">({
  type: "as_text",
  description: "makes categories of numbers that are names, such as those of shops",
  kind: "number",
  fit: (columns) => ({ columns: columns.map(nameOf) }),
  replace: (name) => (column) => [
    categoryColumn(
      name,
      Array.from(column.values.keys(), (row) => cellText(column, row)),
    ),
  ],
});
