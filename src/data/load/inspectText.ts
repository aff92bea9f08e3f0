/** Reads every byte of a text file before it is parsed: encoding, NUL bytes, gzip integrity. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf } from "../../core/errors.ts";
import { UnreadableFile } from "../readOptions.ts";
import { utf8Chunks, type DecodeOptions, type FoundEncoding } from "../csv/utf8Chunks.ts";

const CHUNK_BYTES = 1 << 20;

export interface TextFile {
  readonly path: string;
  readonly gzip: boolean;
  /** Has zeros after the end of the gzip data, as on tapes and block devices: DuckDB does not read it. */
  readonly isPadded: boolean;
  /** Starts with the byte order mark of UTF-8. */
  readonly isMarked: boolean;
  readonly encoding: FoundEncoding | undefined;
}

/**
 * @param visit called with the text in UTF-8
 * @throws {UnreadableFile} with the invalid line
 */
export async function inspectText(
  path: string,
  encoding: string | undefined,
  visit: (chunk: Buffer) => void,
): Promise<TextFile> {
  const start = await bytesAt(path, 3, "start");
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  const isPadded = gzip && (await bytesAt(path, 8, "end")).every((byte) => byte === 0);
  const isMarked = start.equals(Buffer.from("\ufeff"));
  let found: FoundEncoding | undefined;
  const onEncoding = (other: FoundEncoding): void => void (found = other);
  for await (const chunk of textOf({ path, gzip }, { encoding, onEncoding })) visit(chunk);
  return { path, gzip, isPadded, isMarked, encoding: found };
}

export function textOf({ path, gzip }: Pick<TextFile, "path" | "gzip">, options: DecodeOptions) {
  return utf8Chunks(bytesOf(path, gzip), options);
}

/** Whether the text of a file contains `part`. */
export async function holdsText(file: TextFile, part: string): Promise<boolean> {
  const wanted = Buffer.from(part);
  let tail = Buffer.alloc(0);
  for await (const chunk of textOf(file, {})) {
    if (Buffer.concat([tail, chunk]).includes(wanted)) return true;
    tail = Buffer.from(chunk.subarray(Math.max(0, chunk.length - wanted.length)));
  }
  return false;
}

/** Writes a copy of `path` into `folder`. @returns its path */
export async function writeCopy(path: string, folder: string, text: AsyncIterable<string | Buffer>): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const copy = join(folder, `utf8-${path.replaceAll(/[^A-Za-z0-9.]/g, "_").slice(-100)}`);
  await pipeline(Readable.from(text), createWriteStream(copy));
  return copy;
}

async function bytesAt(path: string, count: number, from: "start" | "end"): Promise<Buffer> {
  const file = await open(path);
  try {
    const at = from === "start" ? 0 : Math.max(0, (await file.stat()).size - count);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, at);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
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
