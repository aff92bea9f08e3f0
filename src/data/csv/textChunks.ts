/** Decodes a stream of bytes into text, whole lines at a time, and refuses what is not text. */
import { isUtf8 } from "node:buffer";
import { MlctlError } from "../../core/errors.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** What has no lines must not be read into memory whole. */
const MAX_LINE_BYTES = 1 << 25;

type Decoder = InstanceType<typeof TextDecoder>;

/**
 * A byte order mark is taken off; UTF-16 is recognised by its own.
 *
 * @param carriageReturns whether they end lines too, as on old Macs, where no line feed comes
 * @throws {MlctlError} kind "data" with the line that holds a NUL byte, is not UTF-8, or has no end within 32 MiB
 */
export async function* textChunks(
  stream: AsyncIterable<Buffer | string>,
  name: string,
  { carriageReturns = false } = {},
): AsyncGenerator<string> {
  let line = 1;
  let lineEnd = NEWLINE;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let first = true;
  /** What came of the two bytes that tell of what kind the rest is; undefined once they are there. */
  let start: Buffer | undefined = Buffer.alloc(0);
  let wide: Decoder | undefined;
  const textOf = (bytes: Buffer): string => {
    if (bytes.includes(0) || !isUtf8(bytes)) throw notText(bytes, line, name);
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) line++;
    const text = bytes.toString("utf8");
    const mark = first && text.startsWith("\ufeff") ? 1 : 0;
    first = false;
    return text.slice(mark);
  };
  for await (const piece of stream) {
    let raw: Buffer = typeof piece === "string" ? Buffer.from(piece) : piece;
    if (start !== undefined) {
      raw = Buffer.concat([start, raw]);
      start = raw.length < 2 ? raw : undefined;
      if (start !== undefined) continue;
      refuseGzip(raw, name);
      wide = utf16(raw);
    }
    const bytes = wide === undefined ? raw : Buffer.from(wide.decode(raw, { stream: true }));
    // The end of a line is never inside a UTF-8 sequence, so that is where the text may be cut.
    const cut = bytes.lastIndexOf(lineEnd) + 1;
    if (cut > 0) {
      const lines = bytes.subarray(0, cut);
      yield textOf(rest.length === 0 ? lines : Buffer.concat([...rest, lines]));
      [rest, restBytes] = [[], 0];
    }
    if (cut === bytes.length) continue;
    rest.push(bytes.subarray(cut));
    restBytes += bytes.length - cut;
    if (restBytes <= MAX_LINE_BYTES) continue;
    const all = Buffer.concat(rest);
    const end = carriageReturns && first ? all.lastIndexOf(CARRIAGE_RETURN) + 1 : 0;
    if (end === 0) throw tooLong(line, name);
    lineEnd = CARRIAGE_RETURN;
    yield textOf(all.subarray(0, end));
    [rest, restBytes] = [[all.subarray(end)], all.length - end];
  }
  const last = Buffer.concat(start === undefined ? rest : [start]);
  if (last.length > 0) yield textOf(last);
}

function utf16(start: Buffer): Decoder | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder("utf-16le");
  return start[0] === 0xfe && start[1] === 0xff ? new TextDecoder("utf-16be") : undefined;
}

const BINARY = "it is binary, damaged, or UTF-16 without a byte order mark";

function refuseGzip(start: Buffer, name: string): void {
  if (start[0] !== 0x1f || start[1] !== 0x8b) return;
  throw new MlctlError("data", `${name} is gzip, not text`, { hint: "unpack it first: gunzip -c FILE | mlctl …" });
}

function tooLong(line: number, name: string): MlctlError {
  return new MlctlError("data", `${name}, line ${line} is longer than ${MAX_LINE_BYTES >> 20} MiB`, {
    hint: "rows are lines that end with a line feed: is it a table?",
  });
}

function notText(bytes: Buffer, line: number, name: string): MlctlError {
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
    const part = bytes.subarray(start, end);
    if (part.includes(0)) return new MlctlError("data", `${name}, line ${line} holds a NUL byte`, { hint: BINARY });
    if (!isUtf8(part)) {
      const hint = "convert it: iconv -f latin1 -t utf-8";
      return new MlctlError("data", `${name}, line ${line} is not UTF-8 (looks like latin-1)`, { hint });
    }
    start = end;
  }
  return new MlctlError("data", `${name} is not UTF-8`);
}
