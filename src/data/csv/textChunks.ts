/** Decodes a byte stream into text, whole lines at a time, and rejects anything that is not text. */
import { isUtf8 } from "node:buffer";
import { MlctlError } from "../../core/errors.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** Prevents reading a stream without line ends into memory. */
const MAX_LINE_BYTES = 1 << 25;

type Decoder = InstanceType<typeof TextDecoder>;

/**
 * Removes a byte order mark; recognises UTF-16 by its byte order mark.
 * @param carriageReturns accept a carriage return as line end (classic Mac OS) if there is no line feed
 * @throws {MlctlError} kind "data", with the line that contains a NUL byte, is not UTF-8 or is longer than 32 MiB
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
  /** The bytes so far until there are two, enough to detect gzip and UTF-16; undefined afterwards. */
  let start: Buffer | undefined = Buffer.alloc(0);
  let utf16Decoder: Decoder | undefined;
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
      utf16Decoder = decoderOf(raw);
    }
    const bytes = utf16Decoder === undefined ? raw : Buffer.from(utf16Decoder.decode(raw, { stream: true }));
    // A line end is never inside a UTF-8 sequence, so it is safe to cut there.
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

function decoderOf(start: Buffer): Decoder | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder("utf-16le");
  return start[0] === 0xfe && start[1] === 0xff ? new TextDecoder("utf-16be") : undefined;
}

const BINARY = "the input may be binary, damaged, or UTF-16 without a byte order mark";

function refuseGzip(start: Buffer, name: string): void {
  if (start[0] !== 0x1f || start[1] !== 0x8b) return;
  throw new MlctlError("data", `${name} is gzip, not text`, { hint: "decompress it first: gunzip -c FILE | mlctl …" });
}

function tooLong(line: number, name: string): MlctlError {
  return new MlctlError("data", `${name}, line ${line} is longer than ${MAX_LINE_BYTES >> 20} MiB`, {
    hint: "each row must be a line that ends with a line feed: check that the input is a table",
  });
}

function notText(bytes: Buffer, line: number, name: string): MlctlError {
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
    const part = bytes.subarray(start, end);
    if (part.includes(0)) return new MlctlError("data", `${name}, line ${line} contains a NUL byte`, { hint: BINARY });
    if (!isUtf8(part)) {
      const hint = "convert it: iconv -f latin1 -t utf-8";
      return new MlctlError("data", `${name}, line ${line} is not UTF-8 (looks like latin-1)`, { hint });
    }
    start = end;
  }
  return new MlctlError("data", `${name} is not UTF-8`);
}
