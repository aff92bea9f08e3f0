/** Finds the first invalid line of a JSON or JSON Lines file. DuckDB reports other positions. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { messageOf } from "../../core/errors.ts";
import { bytesOf, withoutMark, type TextFile } from "./inspectText.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** A larger document is not parsed again just to find the line. */
const MAX_BYTES = 64 << 20;

/** @returns undefined if every line is an object */
export async function explainJsonLines(file: TextFile): Promise<UnreadableFile | undefined> {
  const lines = createInterface({ input: Readable.from(bytesOf(file.path, file.gzip)), crlfDelay: Infinity });
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === "") continue;
    try {
      const value: unknown = JSON.parse(line === 1 ? withoutMark(text) : text);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) continue;
    } catch (error) {
      return new UnreadableFile(`line ${line} is not JSON: ${reasonOf(error)}`, { line });
    }
    return new UnreadableFile(`line ${line} is not a JSON object`, { line, hint: "each line must be one row: {…}" });
  }
  return undefined;
}

/** The line of a row of a JSON Lines file, both from 1; undefined if the file has no such row. */
export async function lineOfRow(
  { path, gzip }: Pick<TextFile, "path" | "gzip">,
  row: number,
): Promise<number | undefined> {
  const lines = createInterface({ input: Readable.from(bytesOf(path, gzip)), crlfDelay: Infinity });
  let [line, rows] = [0, 0];
  for await (const text of lines) {
    line += 1;
    if (text.trim() !== "" && ++rows === row) return line;
  }
  return undefined;
}

/** @returns undefined if the file is valid JSON or too large to check */
export async function explainJson(file: TextFile): Promise<UnreadableFile | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of bytesOf(file.path, file.gzip)) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  const text = withoutMark(Buffer.concat(chunks).toString());
  try {
    JSON.parse(text);
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
  return plain === "" || /end of/i.test(plain)
    ? "unexpected end of input"
    : plain.replace(/^[A-Z]/, (a) => a.toLowerCase());
}
