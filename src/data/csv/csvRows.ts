/** Reads rows from a CSV stream, in batches and constant memory. */
import { MlctlError } from "../../core/errors.ts";
import { atLine } from "../../core/text/atLine.ts";
import { columnNames } from "../columnNames.ts";
import { csvNotes } from "./csvNotes.ts";
import { csvReader } from "./csvHead.ts";
import type { CsvSettings } from "../readOptions.ts";
import type { RowBatch } from "../rowBatch.ts";
import { UnreadableFile } from "../unreadableFile.ts";
import { utf8Chunks, type FoundEncoding } from "./utf8Chunks.ts";

export interface CsvOptions {
  readonly normalizeNames?: boolean | undefined;
  readonly csv?: CsvSettings | undefined;
  /** How errors name the stream. */
  readonly name: string;
  /** Called with what was guessed or left out, at the end of the stream. */
  readonly onNote?: ((message: string) => void) | undefined;
}

/** @throws {MlctlError} kind "data", with the line, if the stream is not text or its header is invalid */
export async function* csvRows(stream: AsyncIterable<Buffer | string>, options: CsvOptions): AsyncGenerator<RowBatch> {
  try {
    yield* rowsOf(stream, options);
  } catch (error) {
    throw asDataError(error, options.name);
  }
}

/** Names the stream in an error of its content. */
export function asDataError(error: unknown, name: string): unknown {
  if (!(error instanceof UnreadableFile)) return error;
  const message = error.message.replace(/^the file is /, "");
  const isState = message !== error.message;
  return new MlctlError("data", isState ? `${name} is ${message}` : atLine(name, error.line, message), {
    hint: error.hint ?? (isState ? "the first line must name the columns" : "correct this line"),
    cause: error,
  });
}

async function* rowsOf(stream: AsyncIterable<Buffer | string>, options: CsvOptions): AsyncGenerator<RowBatch> {
  const { csv = {}, name, normalizeNames = false, onNote = () => {} } = options;
  let encoding: FoundEncoding | undefined;
  const onEncoding = (found: FoundEncoding): void => void (encoding = found);
  let columns: readonly string[] = [];
  const reader = csvReader(name, csv, ({ names, line }) => (columns = columnNames(names, normalizeNames, line)));
  for await (const chunk of utf8Chunks(stream, { encoding: csv.encoding, onEncoding })) {
    const rows = reader.write(chunk.toString());
    if (reader.head !== undefined) yield { columns, rows };
  }
  const last = reader.end();
  yield { columns, rows: last };
  const { names, tokenizer } = reader.head!;
  for (const note of csvNotes([{ name, columns, names, encoding, flaws: tokenizer.flaws }])) onNote(note);
}
