/** Finds the totals that spreadsheets write below a table: they are read as rows, so they are reported. */
import { listed } from "../../core/text/listed.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { identifier, literal } from "../duckdb/sql.ts";
import type { LoadedFile } from "../readOptions.ts";

const TOTAL =
  /^\s*(grand total|sub ?totals?|totals?|sums?|summe|gesamt(summe)?|insgesamt|zwischensumme|somme|totale|suma|totaal|итого)\s*:?\s*$/iu;

export async function totalNotes(
  database: Database,
  files: readonly LoadedFile[],
  nameOf: (path: string) => string,
): Promise<string[]> {
  const found: { readonly file: string; readonly column: string; readonly text: string }[] = [];
  for (const { path, table, columns } of files) {
    const texts = columns.filter(({ type }) => type === "VARCHAR").map(({ name }) => name);
    if (texts.length === 0) continue;
    const source = identifier(table);
    const [row] = await database.rows(
      `SELECT ${texts.map(identifier).join(", ")} FROM ${source} WHERE rowid = (SELECT max(rowid) FROM ${source})`,
    );
    const at = row?.findIndex((cell) => typeof cell === "string" && TOTAL.test(cell)) ?? -1;
    if (at >= 0) found.push({ file: nameOf(path), column: texts[at]!, text: String(row![at]) });
  }
  const [first] = found;
  if (first === undefined) return [];
  const places = listed(found.map(({ file, text }) => `${file} (${JSON.stringify(text)})`));
  const where = `${identifier(first.column)} IS DISTINCT FROM ${literal(first.text)}`;
  const cure = `to leave it out, set "ingest.where": ${JSON.stringify(where)} in config.json`;
  return [`the last row looks like a total, but is read as a row: ${places}; ${cure}`];
}
