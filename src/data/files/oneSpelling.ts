/** Gives values that differ only in how they are written one spelling: true and True, and é in two forms of Unicode. */
import { type Database, identifier } from "../duckdb/duckdb.ts";
import { columnsWhere } from "../load/exactDigits.ts";

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
  const listed = texts.map((text) => `"${text}"`).join(", ");
  const what = `column "${name}" has several spellings of true and false (${listed})`;
  return [`${what}: they were changed to "true" and "false"`];
}
