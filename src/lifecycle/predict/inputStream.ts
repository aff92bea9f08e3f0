/** Rows to predict, from a file, stdin or a request: as a stream of bytes, then in batches with the model's columns. */
import { accessSync, constants, createReadStream, createWriteStream, renameSync } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { basename, join } from "node:path";
import { pipeline as copied } from "node:stream/promises";
import type { Config } from "../../config/schema/schema.ts";
import { MlctlError, recover } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { dateText } from "../../core/text/format.ts";
import type { Model } from "../../core/records/model.ts";
import type { Column, Table, Signature } from "../../core/table/table.ts";
import { readTable } from "../../data/files/readTable.ts";
import type { RowBatch } from "../../data/rowBatch.ts";
import type { ReadOptions } from "../../data/readOptions.ts";
import type { SelectOptions } from "../../data/stream/boundSelect.ts";
import { readRows, type RowOptions } from "../../data/stream/rows.ts";
import { rowSelector, type RowSelector } from "../../data/stream/selectedRows.ts";
import { csvLine } from "../../data/stream/writeRows.ts";
import { errorCode, inTemporaryFolder } from "../../storage/files/atomicWrite.ts";
import { readingByCell } from "../settings.ts";
import { conformTable } from "../../pipeline/rows/conformTable.ts";
import { fromRecordPath, toRecordPath } from "../../storage/files/workspacePaths.ts";
import type { Session } from "../session.ts";
import type { TestData } from "../testData.ts";
import { tableName } from "../../storage/remote/tableName.ts";

export { csvLine, type RowBatch, type RowSelector };

export type RowFormat = "csv" | "jsonl";

/** By the name of the file; CSV for stdin. */
export function formatOf(input: string): RowFormat {
  return /\.(jsonl|ndjson)(\.gz)?$/i.test(input) ? "jsonl" : "csv";
}

interface RowInput extends Pick<RowOptions, "onNote" | "batchSize"> {
  /** A path, or "-" for `stdin`. */
  readonly input: string;
  readonly stdin?: AsyncIterable<Buffer | string>;
  /** How to read it as a stream; by its name if left out. */
  readonly format?: RowFormat | undefined;
  /** For messages. */
  readonly name: string;
}

/** Whether the rows of the file are read whole, as a table. */
export function isTable(input: string): boolean {
  return /\.(parquet|json(\.gz)?)$/i.test(input);
}

/** Reads CSV and JSON lines as a stream, JSON and Parquet as a table. @throws {MlctlError} kind "data" where it cannot be read */
export function inputRows({ input, stdin, format, ...source }: RowInput, options: ReadOptions) {
  if (format === undefined && isTable(input)) return tableRows(input, { ...options, nameOf: () => source.name });
  const { csv = {}, normalizeNames = false } = options;
  return readRows(opened(input, stdin), { ...source, format: format ?? formatOf(input), csv, normalizeNames });
}

async function* opened(input: string, stdin: RowInput["stdin"]): AsyncGenerator<Buffer | string> {
  if (input === "-" && stdin !== undefined) return yield* stdin;
  const file = createReadStream(input, { highWaterMark: 1 << 18 });
  try {
    // Errors of both streams reach the reader of the second.
    yield* input.endsWith(".gz") ? pipeline(file, createGunzip(), () => {}) : file;
  } catch (error) {
    throw readFailure(error, input);
  }
}

/** The MlctlError for a failed read of `path`; an error without a system error code is returned unchanged. */
export function readFailure(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const reason = unreadable[code] ?? (error as Error).message;
  return new MlctlError("data", `${path}: ${reason}`, { cause: error });
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  Z_DATA_ERROR: "it is not a gzip file, or it is damaged",
  Z_BUF_ERROR: "the gzip file is truncated",
};

/** Batches of requests: small enough that others are handled between two of them. */
export const REQUEST_ROWS = 500;
const TABLE_ROWS = 2000;

/** Rows for the model, with the columns of the file: `ingest.select` and `ingest.where` apply to datasets only. */
export function fileRows(source: RowInput, model: Pick<Model, "signature">, config: Config): AsyncGenerator<RowBatch> {
  const { select: _select, where: _where, ...options } = readingByCell(config, model);
  return inputRows(source, options);
}

async function* tableRows(path: string, options: Parameters<typeof readTable>[1]): AsyncGenerator<RowBatch> {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw readFailure(error, path);
  }
  const table = await readTable([path], options);
  const columns = table.columns.map((column) => column.name);
  const cells = table.columns.map(cellReader);
  for (let first = 0; first < table.rowCount; first += TABLE_ROWS) {
    const rows = Array.from({ length: Math.min(TABLE_ROWS, table.rowCount - first) }, (_, i) => ({
      line: first + i + 1,
      values: cells.map((cell) => cell(first + i)),
    }));
    yield { columns, rows };
  }
}

function cellReader(column: Column): (row: number) => Json {
  if (column.kind === "category") return (row) => column.categories[column.codes[row]!] ?? null;
  const { values, kind } = column;
  return (row) => {
    const value = values[row]!;
    if (Number.isNaN(value)) return null;
    return kind === "date" ? dateText(value) : value;
  };
}

/**
 * The expressions of `ingest.select` that compute columns of the model. `where` and dedupe shape datasets only: every row
 * gets its prediction.
 * @param tools `recorded`: columns of the dataset that the model was trained on; empty if it is unknown
 */
export function selectOptions(
  { ingest }: Config,
  { signature }: Model,
  tools: Pick<SelectOptions, "recorded" | "onNote" | "maxSeconds">,
): SelectOptions {
  const { inputs, reading } = signature;
  return { select: ingest.select, types: ingest.types, wanted: inputs, nullValues: reading.nullValues, ...tools };
}

export function modelSelector(...options: Parameters<typeof selectOptions>): RowSelector | undefined {
  return rowSelector(selectOptions(...options));
}

const dataRow = (row: number): string => `data row ${row + 1}`;

/**
 * @param data `isAsked`: its rows are refused where `predict` refuses them; infinite numbers of test data count as missing
 * @param placesOf see rowPlaces; called for an error only
 * @throws {MlctlError} kind "data" naming every column that is missing or of another kind
 */
export async function conformAsked(
  { table, isAsked = false }: Pick<TestData, "table"> & { readonly isAsked?: boolean },
  signature: Signature,
  placesOf: () => Promise<(row: number) => string>,
): Promise<Table> {
  let hasBadRow = false;
  const conform = (placeOf: (row: number) => string): Table => {
    const inputs = conformTable(table, signature, placeOf);
    for (const column of isAsked ? inputs.columns : []) {
      const row = column.kind === "number" ? column.values.findIndex((value) => Math.abs(value) === Infinity) : -1;
      if (row < 0) continue;
      const message = `column "${column.name}" is infinite or too large for a number in ${placeOf(row)}`;
      throw new MlctlError("data", message, { hint: "correct the row, or leave the cell empty" });
    }
    return inputs;
  };
  try {
    return conform((row) => {
      hasBadRow = true;
      return dataRow(row);
    });
  } catch (error) {
    if (!hasBadRow) throw error;
    return conform(await placesOf());
  }
}

/**
 * Names rows by line and file. Reads the files again, as blank lines and line breaks within quotes make line numbers
 * differ from row numbers.
 */
export async function rowPlaces(
  { paths, config }: Session,
  { table, files }: TestData,
  signature: Signature,
): Promise<(row: number) => string> {
  const places: string[] = [];
  try {
    for (const { path: shown } of files) {
      const path = fromRecordPath(paths.workspace, shown);
      for await (const { rows } of fileRows({ input: path, name: basename(path) }, { signature }, config))
        for (const { line } of rows) places.push(`line ${line} of ${shown}`);
    }
  } catch {
    return dataRow;
  }
  // `ingest.where` may have left rows out; then the lines belong to other rows.
  return places.length === table.rowCount ? (row) => places[row]! : dataRow;
}

/** Keeps stdin in a file that is named by its format while `work` reads it. Errors call it "stdin.csv" or the like. */
export async function withStdinFile<T>(
  { paths, context }: Session,
  stdin: Readable,
  work: (path: string) => Promise<T>,
): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const arrived = join(folder, "stdin");
    await copied(stdin, createWriteStream(arrived), { signal: context.signal });
    const path = join(folder, tableName("stdin", arrived));
    renameSync(arrived, path);
    const shown = toRecordPath(paths.workspace, path);
    const named = (text: string): string => text.replaceAll(shown, basename(path));
    const renamed = recover(({ kind, message, hint, details }) => {
      throw new MlctlError(kind, named(message), { hint, details: details.map(named) });
    });
    return work(path).catch(renamed);
  });
}
