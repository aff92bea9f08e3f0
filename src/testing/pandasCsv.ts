/** Odd CSV files in pandas and in mlctl: how they differ, and why. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readByStream, type Fuzz, type Read } from "./oddCsv.ts";
import { python } from "./python.ts";
import { oddCsvs } from "./randomCsv.ts";

const PANDAS = `
import json, sys, warnings, pandas
warnings.simplefilter("ignore")
read = []
for i in range(int(sys.argv[2]), int(sys.argv[3])):
    try:
        table = pandas.read_csv(f"{sys.argv[1]}/{i}.csv", dtype=str, keep_default_na=False, index_col=False)
        read.append(table.fillna("").values.tolist())
    except Exception as error:
        read.append(f"{type(error).__name__}: {error}")
print(json.dumps(read))
`;

/** Files per call of Python, which must end within two minutes. */
const BATCH = 1000;

/**
 * Files by how pandas (C engine, defaults) reads them differently; "other" lists what no reason explains. mlctl reads them
 * with the delimiter of pandas and without `trim`, the one difference that concerns every file with blanks.
 */
export async function comparedWithPandas({ seed, files }: Fuzz): Promise<Record<string, unknown[]>> {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-pandas-"));
  const next = oddCsvs(seed);
  const kinds: Record<string, unknown[]> = { other: [] };
  try {
    const own: [Buffer, Read][] = [];
    for (let i = 0; i < files; i++) {
      const odd = next();
      writeFileSync(join(folder, `${i}.csv`), odd.bytes);
      own.push([odd.bytes, await readByStream({ ...odd, settings: { trim: false, delimiter: "," } })]);
    }
    const theirs: (string | string[][])[] = [];
    for (let first = 0; first < files; first += BATCH) {
      const last = Math.min(files, first + BATCH);
      theirs.push(...(JSON.parse(python(PANDAS, folder, String(first), String(last))) as (string | string[][])[]));
    }
    for (const [i, [bytes, read]] of own.entries())
      (kinds[pandasDifference(bytes, read, theirs[i]!)] ??= []).push([bytes.toString(), read, theirs[i]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return kinds;
}

/** Why pandas differs. */
function pandasDifference(bytes: Buffer, read: Read, pandas: string | string[][]): string {
  if ("problem" in read) {
    if (typeof pandas === "string") return "refused by both";
    if (/value/.test(read.problem)) return "rows of another length: pandas fills, cuts or makes an index of them";
    if (/two columns|differ only/.test(read.problem)) return "names that are equal: pandas appends .1";
    return /quote|windows-1252|empty|JSON/.test(read.problem) ? "refused by mlctl only, with a reason" : "other";
  }
  if (typeof pandas === "string" && pandas.startsWith("Unicode"))
    return "another encoding than UTF-8: pandas has to be told";
  if (JSON.stringify(pandas) === JSON.stringify(read.rows)) return "equal";
  if (bytes.includes("\ufeff", 1)) return "a byte order mark inside: pandas keeps it";
  if (/^"?sep=/.test(bytes.toString())) return "sep=: pandas takes it for the header";
  // E.g. "Buffer overflow caught", or a blank after CR that makes the header a row.
  if (/\r(?!\n)/.test(bytes.toString())) return "line ends of CR: faults of the tokenizer of pandas";
  if (typeof pandas === "string") return /No columns/.test(pandas) ? "blank lines above the header" : "other";
  if (read.columns.length === 1) return "blank lines in one column: pandas skips them";
  const isHeader = (row: readonly string[]): boolean =>
    row.every((cell, i) => (cell === "" ? `column_${i + 1}` : cell) === read.columns[i]);
  const rows = pandas.filter((row) => !isHeader(row));
  if (JSON.stringify(rows) === JSON.stringify(read.rows)) return "the header again: pandas keeps it";
  return "other";
}
