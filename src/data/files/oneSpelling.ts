/** Gives values that differ only in how they are written one spelling: true and True, and é in two forms of Unicode. */
import type { Database } from "../duckdb/duckdb.ts";
import { identifier } from "../duckdb/sql.ts";

/** Columns per query, as one query over 10,000 columns is slow. */
const COLUMNS_PER_QUERY = 500;

/**
 * Changes the table `result`: a column of booleans in several spellings gets "true" and "false"; decomposed letters are
 * composed (NFC).
 * @param excluded columns that are kept as they are
 * @returns a note for each changed column
 */
export async function oneSpelling(database: Database, excluded: ReadonlySet<string>): Promise<string[]> {
  const columns = await database.describe("SELECT * FROM result");
  const names = columns.filter(({ name, type }) => type === "VARCHAR" && !excluded.has(name)).map(({ name }) => name);
  const notes: string[] = [];
  for (let start = 0; start < names.length; start += COLUMNS_PER_QUERY) {
    const some = names.slice(start, start + COLUMNS_PER_QUERY);
    const [found] = await database.rows(`SELECT ${some.map(counts).join(", ")} FROM result`);
    for (const [i, name] of some.entries()) {
      const column = identifier(name);
      const [isBoolean, isDecomposed] = [found![2 * i] === true, found![2 * i + 1] === true];
      if (isBoolean) notes.push(...(await oneBoolean(database, name)));
      if (!isDecomposed) continue;
      await database.run(`UPDATE result SET ${column} = nfc_normalize(${column})`);
      notes.push(`column "${name}" has letters with separate accents: they were composed (Unicode NFC)`);
    }
  }
  return notes;
}

/** SQL: whether all values are booleans, and whether one has decomposed letters. */
function counts(name: string): string {
  const column = identifier(name);
  // First what is cheap: F or T at the start; more bytes than characters.
  const isBoolean = `CASE WHEN ascii(${column}) IN (70, 84, 102, 116) THEN lower(${column}) IN ('true', 'false') END`;
  const isDecomposed = `CASE WHEN strlen(${column}) <> length(${column}) THEN ${column} <> nfc_normalize(${column}) END`;
  return `count(${column}) > 0 AND count(${column}) = count(*) FILTER (${isBoolean}), coalesce(bool_or(${isDecomposed}), false)`;
}

async function oneBoolean(database: Database, name: string): Promise<string[]> {
  const column = identifier(name);
  const distinct = `SELECT DISTINCT ${column} FROM result WHERE ${column} IS NOT NULL ORDER BY ${column}`;
  const spellings = await database.rows(distinct);
  const texts = spellings.map(([text]) => String(text));
  if (new Set(texts.map((text) => text.toLowerCase())).size === texts.length) return [];
  await database.run(`UPDATE result SET ${column} = lower(${column})`);
  const listed = texts.map((text) => `"${text}"`).join(", ");
  const what = `column "${name}" has several spellings of true and false (${listed})`;
  return [`${what}: they were changed to "true" and "false"`];
}
