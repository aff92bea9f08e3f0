/** Finds the first invalid line of a JSON or JSON Lines file. DuckDB reports other positions. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { messageOf } from "../../core/errors.ts";
import { isObject, parseExactJson } from "../../core/json.ts";
import { textOf, type TextFile } from "./inspectText.ts";
import { UnreadableFile } from "../readOptions.ts";

/** A larger document is not parsed again just to find the line. */
const MAX_BYTES = 64 << 20;

type JsonPart = readonly [line: number, text: string];

/** Lines that are not blank, with their numbers from 1. */
async function* jsonLines(file: TextFile): AsyncGenerator<JsonPart> {
  let line = 0;
  for await (const text of createInterface({ input: Readable.from(textOf(file, {})), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== "") yield [line, text];
  }
}

/** The whole text, unless it is large. */
async function* jsonDocument(file: TextFile): AsyncGenerator<JsonPart> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of textOf(file, {})) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return;
    chunks.push(chunk);
  }
  yield [1, Buffer.concat(chunks).toString()];
}

/** @returns undefined if the document is JSON, or every line is an object */
export async function explainJson(file: TextFile, hasLines: boolean): Promise<UnreadableFile | undefined> {
  for await (const [line, text] of hasLines ? jsonLines(file) : jsonDocument(file)) {
    try {
      const value = parseExactJson(text);
      if (!hasLines || isObject(value)) continue;
    } catch (error) {
      if (hasLines) return new UnreadableFile(`line ${line} is not JSON: ${reasonOf(error)}`, { line });
      const position = /at position (\d+)/.exec(String(error))?.[1];
      const place = position === undefined ? undefined : text.slice(0, Number(position)).split("\n").length;
      return new UnreadableFile(`not JSON: ${reasonOf(error)}`, { line: place });
    }
    return new UnreadableFile(`line ${line} is not a JSON object`, { line, hint: "each line must be one row: {…}" });
  }
  return undefined;
}

/** Lines of rows of a JSON Lines file, from 1. @param rows positions, from 0, in order */
export async function jsonLinesOf(file: TextFile, rows: readonly number[]): Promise<number[]> {
  const lines: number[] = [];
  let row = 0;
  for await (const [line] of jsonLines(file)) {
    if (rows[lines.length] === row++) lines.push(line);
    if (lines.length === rows.length) break;
  }
  return lines;
}

/** V8's message without the position, which is reported as a line, and without the quoted text. */
function reasonOf(error: unknown): string {
  const plain = messageOf(error)
    .replace(/,? ?(\.\.\.)?"[^]*"(\.\.\.)? is not valid JSON$/, "")
    .replace(/(,? after JSON)? ?(in JSON)? at position \d+.*$/s, "");
  if (plain === "" || /end of/i.test(plain)) return "unexpected end of input";
  return plain.replace(/^[A-Z]/, (a) => a.toLowerCase());
}
