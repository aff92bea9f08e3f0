/** Text hashing: counts the words of a text in a fixed number of hash buckets, so that any later word has a bucket. */
import type { CategoryColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { mapColumns } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";
import { words } from "./words.ts";

export type HashTextState = { readonly columns: readonly string[]; readonly buckets: number };

const options: readonly TransformOption[] = [
  option(
    "buckets",
    { type: "integer", default: 16, minimum: 1, maximum: 4096 },
    "number of columns; words in the same bucket are counted together",
  ),
];

/** `<name>_hash_<bucket>`. Learns nothing, so unseen words are counted too. A missing text has no words. */
export const hashText: Transform<HashTextState> = {
  type: "hash_text",
  description: "replaces text by word counts in a fixed number of hash buckets",
  kinds: ["category"],
  options,
  fit(table, given) {
    const { buckets } = readOptions<{ buckets: number }>(given, options);
    return { columns: chooseColumns(table, given, ["category"]).map(({ name }) => name), buckets };
  },
  inputNames: (state) => state.columns,
  outputNames: ({ columns, buckets }) => columns.flatMap((name) => bucketNames(name, buckets)),
  load: ({ columns, buckets }) => mapColumns("category", columns, () => (column) => counted(column, buckets)),
};

function bucketNames(name: string, buckets: number): string[] {
  return Array.from({ length: buckets }, (_, bucket) => `${name}_hash_${bucket}`);
}

function counted({ name, codes, categories }: CategoryColumn, buckets: number): NumberColumn[] {
  const columns = bucketNames(name, buckets).map((made): NumberColumn => {
    return { kind: "number", name: made, values: new Float64Array(codes.length) };
  });
  codes.forEach((code, row) => {
    if (code < 0) return;
    for (const word of words(categories[code]!)) columns[hash(word) % buckets]!.values[row]!++;
  });
  return columns;
}

/** FNV-1a over UTF-8, 32 bits. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(word)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
