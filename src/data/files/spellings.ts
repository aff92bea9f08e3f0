/**
 * Values that are written in several ways: true and True, é in two forms of Unicode, and "-", which means "missing" in
 * columns of numbers and dates.
 */
import { listed } from "../../core/text/format.ts";
import { type Database, identifier, literalList } from "../duckdb/duckdb.ts";
import { columnsWhere } from "../load/exactDigits.ts";
import { missingLine } from "../load/oddValues.ts";
import { freeColumns, type ReadOptions } from "../readOptions.ts";
import type { ReadColumn } from "./chooseFormats.ts";

/**
 * Changes the table `result`: a column of booleans in several spellings gets "true" and "false"; decomposed letters are
 * composed (NFC).
 * @param excluded columns that are kept as they are
 * @returns a note for each changed column
 */
export async function oneSpelling(database: Database, excluded: ReadonlySet<string>): Promise<string[]> {
  const columns = await database.describe("SELECT * FROM result");
  const texts = columns.filter(({ name, type }) => type === "VARCHAR" && !excluded.has(name));
  // First what is cheap: F or T at the start; more bytes than characters.
  const booleans = await columnsWhere(database, "result", texts, (text) => {
    const isBoolean = `CASE WHEN ascii(${text}) IN (70, 84, 102, 116) THEN lower(${text}) IN ('true', 'false') END`;
    return `count(${text}) > 0 AND count(${text}) = count(*) FILTER (${isBoolean})`;
  });
  const decomposed = await columnsWhere(database, "result", texts, (text) => {
    return `bool_or(CASE WHEN strlen(${text}) <> length(${text}) THEN ${text} <> nfc_normalize(${text}) END)`;
  });
  const notes: string[] = [];
  for (const name of booleans) notes.push(...(await oneBoolean(database, name)));
  for (const name of decomposed) {
    await database.run(`UPDATE result SET ${identifier(name)} = nfc_normalize(${identifier(name)})`);
    notes.push(`column "${name}" has letters with separate accents: they were composed (Unicode NFC)`);
  }
  return notes;
}

async function oneBoolean(database: Database, name: string): Promise<string[]> {
  const column = identifier(name);
  const distinct = `SELECT DISTINCT ${column} FROM result WHERE ${column} IS NOT NULL ORDER BY ${column}`;
  const spellings = await database.rows(distinct);
  const texts = spellings.map(([text]) => String(text));
  if (new Set(texts.map((text) => text.toLowerCase())).size === texts.length) return [];
  await database.run(`UPDATE result SET ${column} = lower(${column})`);
  const shown = texts.map((text) => `"${text}"`).join(", ");
  return [
    `column "${name}" has several spellings of true and false (${shown}): they were changed to "true" and "false"`,
  ];
}

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
