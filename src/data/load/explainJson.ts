/** Finds the first invalid line of a JSON or JSON Lines file. DuckDB reports other positions. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { messageOf } from "../../core/errors.ts";
import { parseExactJson } from "../../core/json.ts";
import { textOf, type TextFile } from "./inspectText.ts";
import { UnreadableFile } from "../readOptions.ts";

/** A larger document is not parsed again just to find the line. */
const MAX_BYTES = 64 << 20;

/** Lines that are not blank, with their numbers from 1. */
async function* jsonLines(file: TextFile): AsyncGenerator<readonly [line: number, text: string]> {
  let line = 0;
  for await (const text of createInterface({ input: Readable.from(textOf(file, {})), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== "") yield [line, text];
  }
}

/** @returns undefined if every line is an object */
export async function explainJsonLines(file: TextFile): Promise<UnreadableFile | undefined> {
  for await (const [line, text] of jsonLines(file)) {
    try {
      const value = parseExactJson(text);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) continue;
    } catch (error) {
      return new UnreadableFile(`line ${line} is not JSON: ${reasonOf(error)}`, { line });
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

export async function explainJson(file: TextFile): Promise<UnreadableFile | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of textOf(file, {})) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  try {
    parseExactJson(text);
    return undefined;
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1];
    const line = position === undefined ? undefined : text.slice(0, Number(position)).split("\n").length;
    return new UnreadableFile(`not JSON: ${reasonOf(error)}`, { line });
  }
}

/** V8's message without the position, which is reported as a line, and without the quoted text. */
function reasonOf(error: unknown): string {
  const plain = messageOf(error)
    .replace(/,? ?(\.\.\.)?"[^]*"(\.\.\.)? is not valid JSON$/, "")
    .replace(/(,? after JSON)? ?(in JSON)? at position \d+.*$/s, "");
  if (plain === "" || /end of/i.test(plain)) return "unexpected end of input";
  return plain.replace(/^[A-Z]/, (a) => a.toLowerCase());
}
