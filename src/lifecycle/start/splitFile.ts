/** split: divides a file into training and test rows. Memory: one column, never the rows. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Context } from "../../core/context.ts";
import { attempt, MlctlError } from "../../core/errors.ts";
import { atLine, counted, present } from "../../core/text/format.ts";
import { dateFormatsOf } from "../../core/text/dateFormat.ts";
import { parseDate, parseNumber, isMissingMarker } from "../../core/text/valueFormat.ts";
import { columnHint } from "../../core/text/suggest.ts";
import { isEncoding } from "../../config/schema/ingestSchema.ts";
import { ingestFiles } from "../../data/files/ingestFiles.ts";
import { splitRows, type Split, type SplitOptions } from "../../pipeline/fit/splitRows.ts";
import { ensureFolder, inTemporaryFolder } from "../../storage/files/atomicWrite.ts";
import { formatOf, inputRows, isTable } from "../predict/inputStream.ts";
import { checkPlaces, rowSink } from "../predict/rowSink.ts";

export interface SplitFileOptions {
  /** CSV or JSON Lines; JSON and Parquet as ingest reads them. */
  readonly input: string;
  /** Folder of train.csv and test.csv; created if missing. */
  readonly output: string;
  /** Default: UTF-8, UTF-16 with a byte order mark, else windows-1252. */
  readonly encoding?: string | undefined;
  readonly testSize: number;
  readonly seed: number;
  /** Default: random. stratify: each value has its share; group: each value in one part; time: the latest rows test. */
  readonly by?: { readonly method: "stratify" | "group" | "time"; readonly column: string } | undefined;
  readonly force: boolean;
}

interface SplitResult {
  readonly training: { readonly path: string; readonly rows: number };
  readonly test: SplitResult["training"];
  readonly notes: readonly string[];
}

/** Stratifying takes a pass over the rows for each; with more, a value is not a class. */
const MAX_STRATA = 1000;

/**
 * Reads the file twice: to choose the rows, and to write them. The same file, options and seed give the same rows.
 * @throws {MlctlError} kind "usage" for an unknown column and files that exist; "data" for a row that cannot be read, and
 *   if a part would be empty
 */
export async function splitFile(options: SplitFileOptions, context: Context): Promise<SplitResult> {
  const { input, output, by, encoding, force } = options;
  checkEncoding(encoding);
  const [training, test] = [join(output, "train.csv"), join(output, "test.csv")];
  const existing = [training, test].filter((path) => existsSync(path));
  if (existing.length > 0 && !force)
    throw new MlctlError("usage", `there is already ${existing.join(" and ")}; nothing was written`, {
      hint: "name another folder with -o, or use --force to overwrite",
    });
  if (isTable(input))
    return inTemporaryFolder(async (folder) => {
      const rows = join(folder, "rows.csv");
      await ingestFile(input, { output: rows, nullValues: [""], encoding });
      return splitFile({ ...options, input: rows, encoding: undefined }, context);
    });
  const scanned = await scan({ input, encoding }, by?.column, context);
  const split = chooseRows(scanned, options);
  await writeParts({ input, encoding, columns: scanned.columns }, split, [training, test], context);
  const missing = scanned.codes.filter((code) => isMissingMarker(scanned.values[code] ?? "")).length;
  const treated = by?.method === "time" ? "train" : "count as rows of a value";
  return {
    training: { path: training, rows: split.training.length },
    test: { path: test, rows: split.validation.length },
    notes: present([
      ...scanned.notes,
      by && missing > 0 && `${counted(missing, "row")} without "${by.column}" ${treated}`,
    ]),
  };
}

/** @throws {MlctlError} kind "usage" for a name that is no encoding */
export function checkEncoding(name: string | undefined): void {
  if (name === undefined || isEncoding(name)) return;
  throw new MlctlError("usage", `--encoding: ${JSON.stringify(name)} is not an encoding`, {
    hint: "examples: utf-8, windows-1252, macintosh, shift_jis, utf-16le",
  });
}

/** The rows of one file as ingest reads them, in `output`. @throws {MlctlError} kind "data" if it cannot be read, or has none */
export async function ingestFile(
  path: string,
  { output, nullValues, encoding }: { output: string; nullValues: readonly string[]; encoding?: string | undefined },
) {
  if (!existsSync(path)) throw new MlctlError("data", `${path}: there is no such file`);
  const ingested = await ingestFiles([path], {
    output,
    nameOf: basename,
    nullValues,
    csv: { names: "guess", encoding },
  });
  const [bad] = ingested.rejected;
  if (bad !== undefined)
    throw new MlctlError("data", atLine(path, bad.line, bad.reason), { hint: bad.hint ?? "correct the file" });
  if (ingested.rows === 0) throw new MlctlError("data", `${path} has no rows`, { hint: "name a file with rows" });
  return ingested;
}

/**
 * As splitRows, for rows of a file.
 * @throws {MlctlError} kind "usage" for a share that is none, "data" if a part would be empty
 */
export function splitOf(
  rowCount: number,
  y: Float64Array,
  { testSize, ...options }: Omit<SplitOptions, "validationSize"> & { readonly testSize: number },
): Split {
  if (!(testSize > 0 && testSize < 1))
    throw new MlctlError("usage", `--test-size is a share above 0 and below 1, found ${testSize}`, {
      hint: "write --test-size 0.2 for a fifth of the rows",
    });
  return attempt(
    () => splitRows({ rowCount, columns: [] }, y, { ...options, validationSize: testSize }),
    ({ kind, message }) => {
      throw new MlctlError(kind, message, { hint: "choose another column or --test-size" });
    },
  );
}

type InputFile = Pick<SplitFileOptions, "input" | "encoding">;

type Scanned = Awaited<ReturnType<typeof scan>>;

/** @returns of the asked column: `codes`, by row, the position of its value in `values`, which are null where JSON has none */
async function scan(file: InputFile, column: string | undefined, context: Context) {
  const codeOf = new Map<string | null, number>();
  const codes: number[] = [];
  const notes: string[] = [];
  let rows = 0;
  let columns: readonly string[] = [];
  for await (const batch of batchesOf(file, context, (note) => notes.push(note))) {
    rows += batch.rows.length;
    columns = batch.columns;
    if (column === undefined) continue;
    const at = columns.indexOf(column);
    for (const { values } of batch.rows) {
      const cell = values[at] ?? null;
      const value = cell === null || typeof cell === "string" ? cell : JSON.stringify(cell);
      if (!codeOf.has(value)) codeOf.set(value, codeOf.size);
      codes.push(codeOf.get(value)!);
    }
  }
  if (column !== undefined && !columns.includes(column))
    throw new MlctlError("usage", `the file has no column "${column}"`, { hint: columnHint(column, columns) });
  return { rows, columns, codes, values: [...codeOf.keys()], notes };
}

/** @throws {MlctlError} kind "data", with the line, for the first row that cannot be read */
async function* batchesOf({ input, encoding }: InputFile, { signal }: Context, onNote?: (note: string) => void) {
  // "-" is the name of a file here.
  const source = { input: input === "-" ? "./-" : input, name: input, onNote };
  for await (const batch of inputRows(source, { csv: { names: "guess", encoding } })) {
    signal.throwIfAborted();
    const bad = batch.rows.find(({ problem }) => problem !== undefined);
    if (bad !== undefined)
      throw new MlctlError("data", atLine(input, bad.line, bad.problem!), { hint: "correct this line" });
    yield batch;
  }
}

/** Groups are chosen as in scikit-learn's GroupShuffleSplit: `testSize` is a share of them. */
function chooseRows({ rows, codes, values }: Scanned, { by, ...options }: SplitFileOptions): Split {
  const [none, usual] = [new Float64Array(0), { ...options, classCount: 0 }];
  if (by?.method === "time")
    return splitOf(rows, none, { ...usual, method: "time", times: timesOf(by.column, codes, values) });
  if (by?.method === "stratify") {
    if (values.length > MAX_STRATA)
      throw new MlctlError("data", `"${by.column}" has ${values.length} different values, too many to stratify by`, {
        hint: `choose a column with at most ${MAX_STRATA}`,
      });
    return splitOf(rows, Float64Array.from(codes), { ...options, method: "stratified", classCount: values.length });
  }
  const chosen = splitOf(by === undefined ? rows : values.length, none, { ...usual, method: "random" });
  if (by === undefined) return chosen;
  const isTest = new Set(chosen.validation);
  const [training, validation] = [false, true].map((wanted) =>
    Int32Array.from(codes.keys()).filter((row) => isTest.has(codes[row]!) === wanted),
  );
  return { training: training!, validation: validation! };
}

/** NaN where the time is missing. @throws {MlctlError} kind "data" for other values, and for dates with two readings */
function timesOf(column: string, codes: readonly number[], values: Scanned["values"]): Float64Array {
  const given = values.filter((value): value is string => value !== null && !isMissingMarker(value));
  const formats = dateFormatsOf(given).map(({ parse }) => parse);
  const parse = [parseDate, ...formats, parseNumber].find((each) => given.every((value) => each(value) !== undefined));
  const other = parse === parseDate ? undefined : formats.find((each) => each !== parse);
  const wrong = given.find((value) =>
    parse === undefined ? parseDate(value) === undefined : other !== undefined && other(value) !== parse(value),
  );
  if (parse === undefined || wrong !== undefined) {
    const problem = parse === undefined ? "is not a time like the other values" : "can be read in two ways";
    throw new MlctlError("data", `--time ${column}: ${JSON.stringify(wrong)} ${problem}`, {
      hint: "write dates as 2024-01-31",
    });
  }
  const times = values.map((value) => (isMissingMarker(value ?? "") ? NaN : parse(value!)!));
  return Float64Array.from(codes, (code) => times[code]!);
}

/**
 * Writes the rows as CSV in UTF-8, in their order, with the same values. The files appear once they are complete.
 * @param paths of the training rows and the test rows
 * @param columns of JSON Lines, where the last row can be the first with a column
 * @throws {MlctlError} kind "usage" if an output is the input, "failure" if one cannot be written
 */
export async function writeParts(
  { columns, ...file }: InputFile & { readonly columns?: readonly string[] },
  { training, validation: test }: Split,
  paths: readonly string[],
  context: Context,
): Promise<void> {
  const { input } = file;
  for (const path of paths) ensureFolder(dirname(path));
  const outputs = Object.fromEntries(
    paths.map((path, part) => [part === 0 ? "the training rows" : "the test rows", path]),
  );
  checkPlaces({ "the input": input }, outputs);
  const sinks = paths.map((path) =>
    rowSink(path, process.stdout, { format: "csv", bareEmpty: formatOf(input) === "csv" }),
  );
  let [row, tested] = [0, 0];
  try {
    for await (const batch of batchesOf(file, context)) {
      const isTest = batch.rows.map(() => row++ === test[tested] && ++tested > 0);
      for (const [part, sink] of sinks.entries()) {
        const rows = batch.rows.filter((_, i) => isTest[i] === (part === 1));
        const cells = rows.map(({ values }) => (batch.isJson ? columns!.map((_, i) => values[i] ?? null) : values));
        const texts = rows.map(({ source }) => source);
        await sink.write(columns ?? batch.columns, cells, { ...batch, texts, added: rows.map(() => []) });
      }
    }
    if (row !== training.length + test.length)
      throw new MlctlError("data", `${input} has ${row} rows, not ${training.length + test.length} as before`, {
        hint: "the file may have changed while it was read: try again",
      });
    for (const sink of sinks) await sink.close();
  } finally {
    for (const sink of sinks) await sink.abandon();
  }
}
