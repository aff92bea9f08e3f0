/** Reads the rows of a file in batches: CSV and JSON lines as a stream, JSON and Parquet as a table. */
import { Readable } from "node:stream";
import type { Config } from "../../config/schema/schema.ts";
import type { Json } from "../../core/json.ts";
import type { Model } from "../../core/records/model.ts";
import type { Column } from "../../core/table/table.ts";
import { readTable } from "../../data/files/readTable.ts";
import type { RowBatch } from "../../data/rowBatch.ts";
import { readRows } from "../../data/stream/rows.ts";
import { formatOf, openInput } from "./inputStream.ts";
import { csvOfModel, readingOptions } from "../settings.ts";

export interface FileToRead {
  readonly path: string;
  /** The name in errors. */
  readonly name: string;
}

const BATCH_ROWS = 2000;

/** @throws {MlctlError} kind "data" where the file cannot be read */
export function fileRows(
  file: FileToRead,
  model: Pick<Model, "signature">,
  config: Config,
  onNote?: (message: string) => void,
): AsyncGenerator<RowBatch> {
  if (/\.(parquet|json(\.gz)?)$/i.test(file.path)) return tableRows(file, model, config);
  const { normalizeNames } = model.signature.reading;
  const stream = openInput({ input: file.path, stdin: Readable.from([]) });
  const csv = csvOfModel(config, model.signature);
  return readRows(stream, { format: formatOf(file.path), normalizeNames, csv, name: file.name, onNote });
}

/** Columns as they are in the file: `ingest.select` and `ingest.where` apply to datasets only. */
async function* tableRows({ path, name }: FileToRead, model: Pick<Model, "signature">, config: Config) {
  const { select: _select, where: _where, ...options } = readingOptions(config, model);
  const table = await readTable([path], { ...options, nameOf: () => name });
  const columns = table.columns.map((column) => column.name);
  const cells = table.columns.map(cellReader);
  for (let first = 0; first < table.rowCount; first += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, table.rowCount - first);
    const rows = Array.from({ length: count }, (_, i) => ({
      line: first + i + 1,
      values: cells.map((cell) => cell(first + i)),
    }));
    yield { columns, rows };
  }
}

function cellReader(column: Column): (row: number) => Json {
  if (column.kind === "category") {
    const { codes, categories } = column;
    return (row) => categories[codes[row]!] ?? null;
  }
  const { values, kind } = column;
  return (row) => {
    const value = values[row]!;
    if (Number.isNaN(value)) return null;
    return kind === "date" ? new Date(value).toISOString() : value;
  };
}
