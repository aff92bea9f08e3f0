/** Reads rows from a CSV stream, in batches and constant memory. */
import { MlctlError } from "../../core/errors.ts";
import { atLine } from "../../core/text/atLine.ts";
import { columnNames } from "../columnNames.ts";
import { csvNotes } from "./csvNotes.ts";
import { csvRecords, type CsvHead } from "./csvHead.ts";
import type { CsvSettings } from "../readOptions.ts";
import type { RowBatch } from "../rowBatch.ts";
import { UnreadableFile } from "../unreadableFile.ts";
import { utf8Chunks, type FoundEncoding } from "./utf8Chunks.ts";

interface CsvOptions {
  readonly normalizeNames?: boolean | undefined;
  readonly csv?: CsvSettings | undefined;
  readonly name: string;
  /** Called with what was guessed or left out, at the end of the stream. */
  readonly onNote?: ((message: string) => void) | undefined;
}

/** @throws {MlctlError} kind "data", with the line, if the stream is not text or its header is invalid */
export async function* csvRows(
  stream: AsyncIterable<Buffer | string>,
  { csv = {}, name, normalizeNames = false, onNote = () => {} }: CsvOptions,
): AsyncGenerator<RowBatch> {
  let encoding: FoundEncoding | undefined;
  let head: CsvHead | undefined;
  let columns: readonly string[] = [];
  const onEncoding = (found: FoundEncoding): void => void (encoding = found);
  const onHead = (found: CsvHead): void => {
    head = found;
    columns = columnNames(found.names, normalizeNames, found.line);
  };
  try {
    const chunks = utf8Chunks(stream, { encoding: csv.encoding, onEncoding });
    for await (const rows of csvRecords(chunks, name, csv, onHead)) yield { columns, rows };
  } catch (error) {
    throw asDataError(error, name);
  }
  const { names, tokenizer } = head!;
  for (const note of csvNotes([{ name, columns, names, encoding, flaws: tokenizer.flaws }])) onNote(note);
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
