/** What each reader of mlctl makes of odd CSV files. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { withDatabase, type Database, identifier } from "../data/duckdb/duckdb.ts";
import { readPlainCsv } from "../data/csv/readPlainCsv.ts";
import { loadCsv } from "../data/load/loadCsv.ts";
import type { CsvSettings } from "../data/readOptions.ts";
import { readRows } from "../data/stream/rows.ts";
import { oddCsvs, type OddCsv } from "./randomCsv.ts";

/** Rows as strings, missing values as empty strings; or why the file was refused. */
export type Read =
  { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] } | { readonly problem: string };

/** As predict, watch, labels and serve read it. */
export async function readByStream({ bytes, settings, chunk }: OddCsv): Promise<Read> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  );
  const rows: string[][] = [];
  let columns: readonly string[] = [];
  try {
    for await (const batch of readRows(Readable.from(pieces), { format: "csv", csv: settings, name: "file" })) {
      columns = batch.columns;
      for (const { values, line, problem } of batch.rows) {
        if (problem !== undefined) return { problem: `line ${line} has ${problem}` };
        rows.push(values as string[]);
      }
    }
  } catch (error) {
    return { problem: withoutPath(error, "file") };
  }
  return { columns, rows };
}

/** As ingest, score, explain and monitor read it; the file is left at `path`. */
export async function readByDuckdb(
  database: Database,
  path: string,
  odd: OddCsv,
  columns: readonly string[],
): Promise<Read & { direct?: boolean }> {
  writeFileSync(path, odd.bytes);
  try {
    const types = Object.fromEntries(columns.map((name) => [name, "category"]));
    const csv = await loadCsv(database, path, "odd", { csv: odd.settings, types });
    const list = csv.columns.map((name) => `coalesce(${identifier(name)}, '')`).join(", ");
    const rows = await database.rows(`SELECT ${list} FROM odd`);
    return { columns: csv.columns, rows: rows as string[][], direct: csv.path === path };
  } catch (error) {
    return { problem: withoutPath(error, path) };
  }
}

/** Numbers as JavaScript writes them; null if the fast path leaves the file to DuckDB. */
export async function readByFastPath(path: string, { settings }: OddCsv): Promise<Read | null> {
  const table = await readPlainCsv(path, { csv: settings });
  if (table === null) return null;
  const cells = table.columns.map((column) => {
    if (column.kind === "category") return (row: number): string => column.categories[column.codes[row]!] ?? "";
    return (row: number): string => (Number.isNaN(column.values[row]) ? "" : String(column.values[row]));
  });
  const rows = Array.from({ length: table.rowCount }, (_, row) => cells.map((cell) => cell(row)));
  return { columns: table.columns.map(({ name }) => name), rows };
}

function withoutPath(error: unknown, path: string): string {
  if (!(error instanceof Error)) throw error;
  return error.message
    .replaceAll(path, "file")
    .replace(/^file(,|:| is) /, (_, end) => (end === " is" ? "the file is " : ""))
    .replace(/^line \d+: (?=two col|columns)/, "")
    .replace(/; also .*/, "");
}

export interface Fuzz {
  readonly seed: number;
  readonly files: number;
}

export interface Difference {
  readonly file: string;
  readonly settings: CsvSettings;
  readonly stream: Read;
  readonly other: Read;
}

/** Reads random files with every reader. */
export async function differences({ seed, files }: Fuzz): Promise<{
  different: Difference[];
  counts: Record<"direct" | "rewritten" | "fast" | "refused", number>;
}> {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-odd-"));
  const path = join(folder, "odd.csv");
  const next = oddCsvs(seed);
  const different: Difference[] = [];
  const counts = { direct: 0, rewritten: 0, fast: 0, refused: 0 };
  try {
    await withDatabase(async (database) => {
      for (let i = 0; i < files; i++) {
        const odd = next();
        const stream = await readByStream(odd);
        const columns = "columns" in stream ? stream.columns : [];
        const { direct, ...duckdb } = await readByDuckdb(database, path, odd, columns);
        const fast = await readByFastPath(path, odd);
        counts[direct === undefined ? "refused" : direct ? "direct" : "rewritten"]++;
        const compare = (one: Read, other: Read): void => {
          if (JSON.stringify(one) === JSON.stringify(other)) return;
          different.push({ file: odd.bytes.toString(), settings: odd.settings, stream, other });
        };
        compare(stream, duckdb);
        if (fast === null) continue;
        counts.fast++;
        compare(withNumbers(stream), fast);
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { different, counts };
}

/** Columns of numbers as JavaScript writes them. */
function withNumbers(read: Read): Read {
  if ("problem" in read) return read;
  const { columns, rows } = read;
  const isNumber = columns.map((_, i) => rows.every((row) => !Number.isNaN(Number(row[i]))));
  const cell = (text: string, i: number): string => (isNumber[i]! && text !== "" ? String(Number(text)) : text);
  return { columns, rows: rows.map((row) => row.map(cell)) };
}
