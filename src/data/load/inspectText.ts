/** Checks every byte of a text file before it is parsed: encoding, NUL bytes, gzip integrity, header. */
import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf } from "../../core/errors.ts";
import { firstRecordLength } from "../csv/csvHeader.ts";
import { UnreadableFile } from "../unreadableFile.ts";

const NEWLINE = 10;
const CHUNK_BYTES = 1 << 20;
/** Zeros at the end of a gzip file that are no part of its data: checksum and length have eight bytes. */
const PADDING = 16;
/** A longer first line is not a header: 10,000 names of 100 letters are 1 MB. */
const MAX_HEADER_BYTES = 16 << 20;

export interface TextFile {
  /** The file itself, or a copy in UTF-8. */
  readonly path: string;
  readonly gzip: boolean;
  /** The first record, without a byte order mark. */
  readonly header: string;
  /** The last character that is not white space. */
  readonly lastChar: string;
}

/**
 * Copies UTF-16 with a byte order mark as UTF-8 into `folder`.
 * @throws {UnreadableFile} with the invalid line
 */
export async function inspectText(path: string, folder: string): Promise<TextFile> {
  const start = await firstBytes(path, 2);
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  const encoding = utf16(start);
  if (encoding !== undefined) return inspectText(await toUtf8(path, encoding, folder), folder);
  if (gzip && (await isPadded(path))) return inspectText(await unpackedCopy(path, folder), folder);
  const { header, lastChar, bytes } = await scan(path, gzip);
  if (bytes === 0) throw new UnreadableFile("the file is empty");
  if (header.trim() === "") throw new UnreadableFile("the first line is blank", { line: 1 });
  return { path, gzip, header, lastChar };
}

/** At most `count` bytes. */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function utf16(start: Buffer): string | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  return start[0] === 0xfe && start[1] === 0xff ? "utf-16be" : undefined;
}

/** Whether zeros follow the gzip data, as tape archives leave them: DuckDB takes them for damage. */
async function isPadded(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PADDING), 0, PADDING, Math.max(0, size - PADDING));
    return bytesRead === PADDING && buffer.every((byte) => byte === 0);
  } finally {
    await file.close();
  }
}

async function unpackedCopy(path: string, folder: string): Promise<string> {
  const copy = await copyName(path, folder);
  await pipeline(Readable.from(bytesOf(path, true)), createWriteStream(copy));
  return copy;
}

async function copyName(path: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `utf8-${path.replaceAll(/[^A-Za-z0-9.]/g, "_").slice(-100)}`);
}

async function toUtf8(path: string, encoding: string, folder: string): Promise<string> {
  const decoder = new TextDecoder(encoding);
  const copy = await copyName(path, folder);
  const decoded = async function* (): AsyncIterable<string> {
    for await (const chunk of createReadStream(path)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  };
  await pipeline(Readable.from(decoded()), createWriteStream(copy));
  return copy;
}

/** The bytes of a file, decompressed if `gzip`. @throws {UnreadableFile} if the gzip data is damaged */
export async function* bytesOf(path: string, gzip: boolean): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (!gzip) {
    yield* file;
    return;
  }
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
  file.on("error", (error) => unpacked.destroy(error));
  try {
    yield* file.pipe(unpacked);
  } catch (error) {
    throw new UnreadableFile(`the gzip data is damaged: ${messageOf(error)}`);
  } finally {
    file.destroy();
  }
}

async function scan(path: string, gzip: boolean): Promise<{ header: string; lastChar: string; bytes: number }> {
  let bytes = 0;
  let lastChar = "";
  let header: string | undefined;
  let headBytes = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  for await (const chunk of bytesOf(path, gzip)) {
    const nul = chunk.indexOf(0);
    if (nul >= 0) throw await badByte("nul", { path, gzip, offset: bytes + nul });
    // A line feed is never inside a UTF-8 sequence, so it is safe to cut there.
    const cut = chunk.lastIndexOf(NEWLINE) + 1;
    const whole = cut === 0 ? chunk.subarray(0, 0) : Buffer.concat([tail, chunk.subarray(0, cut)]);
    if (!isUtf8(whole)) throw await badByte("encoding", { path, gzip, offset: bytes - tail.length + invalidAt(whole) });
    tail = cut === 0 ? Buffer.concat([tail, chunk]) : Buffer.from(chunk.subarray(cut));
    if (header === undefined) {
      headBytes = Buffer.concat([headBytes, chunk]);
      header = firstRecord(headBytes);
    }
    bytes += chunk.length;
    lastChar = lastCharOf(chunk) ?? lastChar;
  }
  if (!isUtf8(tail)) throw await badByte("encoding", { path, gzip, offset: bytes - tail.length + invalidAt(tail) });
  return { header: header ?? withoutMark(headBytes.toString()), lastChar, bytes };
}

function lastCharOf(chunk: Buffer): string | undefined {
  // Codes up to 32 are white space and control characters.
  for (let at = chunk.length - 1; at >= 0; at--) if (chunk[at]! > 32) return String.fromCharCode(chunk[at]!);
  return undefined;
}

function firstRecord(bytes: Buffer): string | undefined {
  const text = withoutMark(bytes.toString());
  const length = firstRecordLength(text);
  if (length >= 0) return text.slice(0, length);
  if (bytes.length > MAX_HEADER_BYTES)
    throw new UnreadableFile(`the first line is longer than ${MAX_HEADER_BYTES >> 20} MiB`, { line: 1 });
  return undefined;
}

export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** Offset of the first line that is not UTF-8. */
function invalidAt(bytes: Buffer): number {
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
    if (!isUtf8(bytes.subarray(start, end))) return start;
    start = end;
  }
  return 0;
}

/** Line number, from 1, of the byte at `offset` in the (decompressed) text. */
export async function lineAt(file: { readonly path: string; readonly gzip: boolean }, offset: number): Promise<number> {
  let line = 1;
  let bytes = 0;
  for await (const chunk of bytesOf(file.path, file.gzip)) {
    const part = chunk.subarray(0, Math.max(0, offset - bytes));
    for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, at + 1)) line++;
    bytes += chunk.length;
    if (bytes >= offset) break;
  }
  return line;
}

/** Counts lines only on error, since counting takes as long as the rest of the scan. */
async function badByte(
  problem: "nul" | "encoding",
  where: { readonly path: string; readonly gzip: boolean; readonly offset: number },
): Promise<UnreadableFile> {
  const line = await lineAt(where, where.offset);
  if (problem === "nul") {
    const hint = "the file may be binary, damaged, or UTF-16 without a byte order mark";
    return new UnreadableFile(`line ${line} contains a NUL byte`, { line, hint });
  }
  const hint = "convert it: iconv -f latin1 -t utf-8";
  return new UnreadableFile(`line ${line} is not UTF-8 (looks like latin-1)`, { line, hint });
}
