/** Spellings such as "-" that mean "missing" in columns of numbers and dates, where columns of text have them too. */
import { listed } from "../../core/text/format.ts";
import { type Database, identifier, literalList } from "../duckdb/duckdb.ts";
import { missingLine } from "../load/oddValues.ts";
import { freeColumns, type ReadOptions } from "../readOptions.ts";
import type { ReadColumn } from "./chooseFormats.ts";

/**
 * @returns by column of text in the table `result`: its values that other columns read as missing. None for rows that a
 *   model reads, nor in columns that the configuration handles
 */
export async function keptMarkers(
  database: Database,
  read: readonly ReadColumn[],
  options: ReadOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const words = [...new Set(read.flatMap(({ facts }) => facts.flatMap(({ markers }) => markers)))];
  if (options.formats !== undefined || words.length === 0) return new Map();
  const handled = freeColumns(options);
  const columns = await database.describe("SELECT * FROM result");
  const texts = columns.filter(({ name, type }) => type === "VARCHAR" && !handled.has(name));
  if (texts.length === 0) return new Map();
  const items = texts.map(({ name }) => {
    const column = identifier(name);
    return `to_json(list_sort(coalesce(list(DISTINCT ${column}) FILTER (${column} IN (${literalList(words).slice(1, -1)})), [])))`;
  });
  const [row] = await database.rows(`SELECT ${items.join(", ")} FROM result`);
  const found = texts.map(({ name }, i) => [name, JSON.parse(String(row![i])) as string[]] as const);
  return new Map(found.filter(([, kept]) => kept.length > 0));
}

export function keptMarkerNotes(kept: ReadonlyMap<string, readonly string[]>, options: ReadOptions): string[] {
  if (kept.size === 0) return [];
  const names = Array.from(kept, ([name, words]) => `"${name}" (${words.map((word) => `"${word}"`).join(", ")})`);
  const cure = missingLine(options, [...kept.values()].flat());
  return [
    `kept as text, although missing in columns of numbers or dates: ${listed(names)}; to treat it alike, ${cure}`,
  ];
}
