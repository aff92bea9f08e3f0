/** split: divides a file into training and test rows, which keep their bytes. Memory: one column, never the rows. */
import { closeSync, existsSync, openSync, realpathSync, rmSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import { dateFormatsOf } from "../../core/text/dateFormat.ts";
import { counted } from "../../core/text/format.ts";
import { parseDate } from "../../core/text/parseDate.ts";
import { parseNumber } from "../../core/text/parseNumber.ts";
import { columnHint } from "../../core/text/suggest.ts";
import { isMissingMarker } from "../../core/text/valueFormat.ts";
import { composed } from "../../data/columnNames.ts";
import { cellOf, rawRecords, type RawBatch } from "../../data/stream/rawRecords.ts";
import { commitFile, ensureFolder } from "../../storage/files/commitFile.ts";
import { removeStaleTemporaries, temporaryPath } from "../../storage/files/temporaryPath.ts";
import { writeFailure } from "../../storage/files/writeFailure.ts";
import { formatOf, openInput } from "../predict/inputStream.ts";
import { markTestRows, requireShare, type TestRows } from "./testRows.ts";

export interface SplitFileOptions {
  readonly input: string;
  readonly training: string;
  readonly test: string;
  /** Share of test rows, above 0 and below 1. */
  readonly testSize: number;
  readonly seed: number;
  /** Default: random. stratify: each value in both parts; group: each value in one part; time: the latest rows test. */
  readonly by?: { readonly method: "stratify" | "group" | "time"; readonly column: string } | undefined;
  readonly force: boolean;
}

export interface SplitFileResult {
  readonly method: "random" | "stratify" | "group" | "time";
  readonly column: string | null;
  readonly seed: number;
  readonly training: Part;
  readonly test: Part;
  readonly notes: readonly string[];
}

interface Part {
  readonly path: string;
  readonly rows: number;
}

/**
 * Reads the file twice: to choose the rows, and to copy them. The same file, options and seed give the same bytes.
 * @throws {MlctlError} kind "usage" for an unknown column and files that exist; "data" if a part would be empty
 */
export async function splitFile(options: SplitFileOptions, context: Context): Promise<SplitFileResult> {
  const { input, training, test, by, seed } = options;
  requireShare(options.testSize);
  refuseOutputs(options);
  const { rows, codes, values } = await scan(input, by?.column, context);
  const missing = by === undefined ? 0 : codes.filter((code) => isMissingMarker(values[code] ?? "")).length;
  const chosen: TestRows =
    by === undefined
      ? { method: "random" }
      : by.method === "time"
        ? { method: "time", times: timesOf(by.column, codes, values) }
        : { method: by.method, codes, count: values.length };
  const isTest = markTestRows(rows, chosen, options);
  const counts = await copyParts(input, isTest, { training, test }, context);
  const notes = missing === 0 ? [] : [missingNote(by!, missing)];
  return {
    method: by?.method ?? "random",
    column: by?.column ?? null,
    seed,
    training: { path: training, rows: counts.training },
    test: { path: test, rows: counts.test },
    notes,
  };
}

function missingNote({ method, column }: NonNullable<SplitFileOptions["by"]>, count: number): string {
  const treated = method === "time" ? "are training rows" : "count as one value";
  return `${counted(count, "row")} without "${column}": they ${treated}`;
}

function refuseOutputs({ input, training, test, force }: SplitFileOptions): void {
  const outputs = [training, test];
  const [read, ...written] = [input, training, test].map((path) =>
    existsSync(path) ? realpathSync(path) : resolve(path),
  );
  const twice = written[0] === written[1] ? training : outputs.find((_, i) => written[i] === read);
  if (twice !== undefined)
    throw new MlctlError("usage", `${twice} would be written over`, {
      hint: "input, --train and --test are three files",
    });
  const zipped = outputs.find((path) => path.endsWith(".gz"));
  if (zipped !== undefined)
    throw new MlctlError("usage", `${zipped}: parts are not compressed`, { hint: "name files without .gz" });
  const existing = outputs.filter((path) => existsSync(path));
  if (existing.length > 0 && !force)
    throw new MlctlError(
      "usage",
      `${existing.join(" and ")} exist${existing.length === 1 ? "s" : ""} already; nothing was written`,
      {
        hint: "name other files with --train and --test, or use --force to overwrite",
      },
    );
}

async function* batches(input: string, { signal }: Context): AsyncGenerator<RawBatch> {
  // A file is no stdin: "-" is a name here.
  const stream = openInput({ input: input === "-" ? "./-" : input, stdin: process.stdin });
  for await (const batch of rawRecords(stream, { format: formatOf(input), name: input })) {
    signal.throwIfAborted();
    yield batch;
  }
}

/** Counts the rows. Of a column: the code of each row, and the values by code; undefined where JSON has none. */
async function scan(input: string, column: string | undefined, context: Context) {
  const codeOf = new Map<string | undefined, number>();
  const codes: number[] = [];
  let rows = 0;
  for await (const { head, records } of batches(input, context)) {
    rows += records.length;
    if (column === undefined) continue;
    const at = head === undefined ? -1 : positionOf(column, head.names);
    for (const record of records) {
      const value = head === undefined ? jsonCell(record, column) : cellOf(record, at, head.grammar);
      const code = codeOf.get(value) ?? codeOf.size;
      if (code === codeOf.size) codeOf.set(value, code);
      codes.push(code);
    }
  }
  const values = [...codeOf.keys()];
  if (column !== undefined && values.every((value) => value === undefined)) throw noColumn(column, []);
  return { rows, codes, values };
}

function positionOf(column: string, names: readonly string[]): number {
  const at = names.findIndex((name) => composed(name) === composed(column));
  if (at < 0) throw noColumn(column, names);
  return at;
}

function noColumn(column: string, names: readonly string[]): MlctlError {
  const hint = names.length === 0 ? undefined : columnHint(column, names);
  return new MlctlError("usage", `the file has no column "${column}"`, { hint });
}

function jsonCell(record: string, column: string): string | undefined {
  try {
    const value = (JSON.parse(record) as JsonObject | null)?.[column] ?? undefined;
    return typeof value === "string" || value === undefined ? value : JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** NaN where the time is missing. @throws {MlctlError} kind "data" for other values, and for dates with two readings */
function timesOf(column: string, codes: readonly number[], values: readonly (string | undefined)[]): Float64Array {
  const present = values.filter((value) => !isMissingMarker(value ?? "")) as string[];
  const formats = dateFormatsOf(present).map(({ parse }) => parse);
  const fail = (message: string, hint: string): never => {
    throw new MlctlError("data", `--time ${column}: ${message}`, { hint });
  };
  const parse = [parseDate, ...formats, parseNumber].find((each) =>
    present.every((value) => each(value) !== undefined),
  );
  if (parse === undefined) {
    const wrong = present.find((value) => parseDate(value) === undefined)!;
    return fail(`${JSON.stringify(wrong)} is not a time like the other values`, "dates are best written as 2024-01-31");
  }
  const other = parse === parseDate ? undefined : formats.find((each) => each !== parse);
  const twofold = present.find((value) => other !== undefined && other(value) !== parse(value));
  if (twofold !== undefined) fail(`${JSON.stringify(twofold)} can be read in two ways`, "write dates as 2024-01-31");
  const times = values.map((value) => (isMissingMarker(value ?? "") ? NaN : parse(value!)!));
  return Float64Array.from(codes, (code) => times[code]!);
}

/** Copies each record to its part. The files appear when both are complete. */
export async function copyParts(
  input: string,
  isTest: Uint8Array,
  paths: { readonly training: string; readonly test: string },
  context: Context,
): Promise<{ training: number; test: number }> {
  const counts = { training: 0, test: 0 };
  const files = (["training", "test"] as const).map((part) => {
    ensureFolder(dirname(paths[part]));
    removeStaleTemporaries(dirname(paths[part]));
    const temporary = temporaryPath(paths[part]);
    return { part, temporary, descriptor: openToWrite(temporary), path: paths[part] };
  });
  try {
    let row = 0;
    let hasHeader = false;
    for await (const { header, records, encode } of batches(input, context)) {
      const texts = { training: hasHeader ? "" : header, test: hasHeader ? "" : header };
      hasHeader = true;
      for (const record of records) {
        const part = isTest[row++] === 1 ? "test" : "training";
        texts[part] += record;
        counts[part]++;
      }
      for (const { part, descriptor, path } of files) writeAll(descriptor, encode(texts[part]), path);
    }
    if (row !== isTest.length)
      throw new MlctlError("data", `${input}: ${row} rows, but ${isTest.length} were found before`, {
        hint: "the file may have changed while it was read: try again",
      });
    for (const { descriptor } of files) closeSync(descriptor);
    for (const { temporary, path } of files) commitFile(temporary, path);
    return counts;
  } finally {
    for (const { temporary } of files) rmSync(temporary, { force: true });
  }
}

function openToWrite(path: string): number {
  try {
    return openSync(path, "wx");
  } catch (error) {
    throw writeFailure(error, path);
  }
}

function writeAll(descriptor: number, bytes: Buffer, path: string): void {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  } catch (error) {
    throw writeFailure(error, path);
  }
}
