/** Decodes a byte stream: UTF-8, UTF-16 with a byte order mark, windows-1252, or the encoding of the settings. */
import { isAscii, isUtf8 } from "node:buffer";
import { UnreadableFile } from "../readOptions.ts";

/** An encoding other than UTF-8. */
export interface FoundEncoding {
  readonly name: string;
  /** If it was guessed: the first line that is not UTF-8, and its first word, as decoded. */
  readonly guess?: { readonly line: number; readonly word: string };
}

export interface DecodeOptions {
  /** A label of the WHATWG Encoding Standard; a byte order mark overrides it. Default: UTF-8, else windows-1252. */
  readonly encoding?: string | undefined;
  readonly onEncoding?: ((found: FoundEncoding) => void) | undefined;
}

type Decode = (bytes: Buffer, isLast: boolean) => string;

const [LINE_FEED, RETURN] = [10, 13];
const REPLACEMENT = Buffer.from("\ufffd");
/** Labels of windows-1252. As in browsers, these include latin-1: no file has its control characters. */
const WINDOWS_1252 = /^(windows-?1252|cp-?1252|latin-?1|l1|(iso-?|iso_)8859-1|us-ascii|ascii)$/i;
/** The characters of the bytes 0x80 to 0x9f; a space marks the five that are not assigned. */
const HIGH = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/**
 * The text in UTF-8, without a byte order mark at its start. No chunk ends within a character; empty pieces, which mark
 * pauses, stay.
 *
 * Without `encoding`, the first character that is not ASCII decides: if it is not UTF-8, the text is windows-1252 (of
 * which ASCII is a part). So a stream is decoded like a file, and a mixture of both is an error.
 * @throws {UnreadableFile} with the line that contains a NUL byte or is not in the encoding
 */
export async function* utf8Chunks(
  stream: AsyncIterable<Buffer | string>,
  { encoding, onEncoding = () => {} }: DecodeOptions = {},
): AsyncGenerator<Buffer> {
  let line = 1;
  let start: Buffer | undefined = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let wasAscii = true;
  let name = "UTF-8";
  let decode: Decode | undefined;

  const begin = (bytes: Buffer): Buffer => {
    refuseBinary(bytes);
    const mark = byteOrderMark(bytes);
    if (mark !== undefined) name = mark.name;
    else if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) name = encoding;
    if (name !== "UTF-8") {
      decode = decoder(name);
      onEncoding({ name });
    }
    return bytes.subarray(mark?.length ?? 0);
  };
  const checked = (bytes: Buffer): Buffer => {
    if (bytes.includes(0)) throw nulByte(line + linesBefore(bytes, bytes.indexOf(0)));
    line += linesBefore(bytes, bytes.length);
    return bytes;
  };
  const decoded = (bytes: Buffer, isLast: boolean): Buffer => {
    const text = decode!(bytes, isLast);
    const found = Buffer.from(text);
    const wrong = text.indexOf("\ufffd");
    if (wrong >= 0) throw notInEncoding(line + linesBefore(found, Buffer.byteLength(text.slice(0, wrong))), name);
    return checked(found);
  };
  const utf8 = (bytes: Buffer, isLast: boolean): Buffer => {
    if (decode !== undefined) return decoded(bytes, isLast);
    const whole = tail.length === 0 ? bytes : Buffer.concat([tail, bytes]);
    const cut = isLast ? whole.length : whole.length - incompleteBytes(whole);
    tail = Buffer.from(whole.subarray(cut));
    const complete = whole.subarray(0, cut);
    if (isAscii(complete)) return checked(complete);
    if (isUtf8(complete)) wasAscii = false;
    else {
      const wrong = firstInvalid(complete);
      const at = line + linesBefore(complete, wrong);
      if (complete.includes(0)) throw nulByte(line + linesBefore(complete, complete.indexOf(0)));
      if (encoding !== undefined) throw notInEncoding(at, name);
      if (!wasAscii || !isAscii(complete.subarray(0, wrong))) throw mixedEncodings(at);
      tail = Buffer.alloc(0);
      [name, decode] = ["windows-1252", decoder("windows-1252")];
      const text = decoded(whole, isLast);
      onEncoding({ name, guess: { line: at, word: wordAt(decode(whole, false), wrong) } });
      return text;
    }
    return checked(complete);
  };

  for await (const piece of stream) {
    let bytes: Buffer = typeof piece === "string" ? Buffer.from(piece) : piece;
    if (bytes.length === 0) yield bytes;
    if (start !== undefined) {
      start = Buffer.concat([start, bytes]);
      if (start.length < 4) continue;
      bytes = begin(start);
      start = undefined;
    }
    const text = utf8(bytes, false);
    if (text.length > 0) yield text;
  }
  const last = utf8(start === undefined ? Buffer.alloc(0) : begin(start), true);
  if (last.length > 0) yield last;
}

function byteOrderMark(bytes: Buffer): { name: string; length: number } | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { name: "UTF-8", length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { name: "UTF-16LE", length: 2 };
  return bytes[0] === 0xfe && bytes[1] === 0xff ? { name: "UTF-16BE", length: 2 } : undefined;
}

const binary: readonly (readonly [start: string, what: string, hint: string])[] = [
  ["\x1f\x8b", "gzip, not text", "decompress it first, for example with gunzip"],
  ["PK\x03\x04", "a ZIP archive or an Excel workbook, not text", "save the sheet as CSV (UTF-8)"],
  ["\xd0\xcf\x11\xe0", "an Excel workbook, not text", "save the sheet as CSV (UTF-8)"],
  ["PAR1", "Parquet, not text", "give the file the extension .parquet"],
];

function refuseBinary(bytes: Buffer): void {
  const start = bytes.toString("latin1", 0, 4);
  const found = binary.find(([magic]) => start.startsWith(magic));
  if (found !== undefined) throw new UnreadableFile(`the file is ${found[1]}`, { hint: found[2] });
}

function decoder(name: string): Decode {
  // Some versions of Node.js decode windows-1252 as latin-1, which turns € into a control character.
  if (WINDOWS_1252.test(name)) return (bytes) => windows1252(bytes);
  const streaming = new TextDecoder(name);
  return (bytes, isLast) => streaming.decode(bytes, { stream: !isLast });
}

function windows1252(bytes: Buffer): string {
  return bytes.toString("latin1").replaceAll(/[\x80-\x9f]/g, (char) => {
    const known = HIGH[char.charCodeAt(0) - 0x80]!;
    return known === " " ? "\ufffd" : known;
  });
}

/** Number of bytes at the end that start a character which is not complete. */
function incompleteBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

function firstInvalid(bytes: Buffer): number {
  const text = bytes.toString();
  let [from, position] = [0, 0];
  for (;;) {
    const at = text.indexOf("\ufffd", from);
    position += Buffer.byteLength(text.slice(from, at));
    // The replacement character may be in the file.
    if (!bytes.subarray(position, position + 3).equals(REPLACEMENT)) return position;
    [from, position] = [at + 1, position + 3];
  }
}

/** Number of line ends (LF, CRLF or CR) before `end`. */
function linesBefore(bytes: Buffer, end: number): number {
  let lines = 0;
  // A call of indexOf per line takes three times as long.
  for (let at = 0; at < end; at++) if (bytes[at] === LINE_FEED) lines++;
  if (!bytes.includes(RETURN)) return lines;
  for (let at = bytes.indexOf(RETURN); at >= 0 && at < end; at = bytes.indexOf(RETURN, at + 1))
    // The line feed of a return at the end of the chunk may be in the next chunk.
    if (at + 1 < bytes.length && bytes[at + 1] !== LINE_FEED) lines++;
  return lines;
}

function wordAt(text: string, at: number): string {
  const before = /[^\s,;|"]{0,20}$/.exec(text.slice(Math.max(0, at - 20), at))?.[0] ?? "";
  return before + (/^[^\s,;|"]{0,20}/.exec(text.slice(at, at + 20))?.[0] ?? "");
}

const ENCODING_HINT =
  'set "ingest": {"encoding": "…"} (for init and split: --encoding …), for example "macintosh" (Excel on old Macs), "shift_jis" or "utf-16le"; or convert the file: iconv -f macintosh -t utf-8 FILE > NEW';

function nulByte(line: number): UnreadableFile {
  const hint = `the file may be binary, damaged, or UTF-16 without a byte order mark: then set "ingest": {"encoding": "utf-16le"}`;
  return new UnreadableFile(`line ${line} contains a NUL byte`, { line, hint });
}

function notInEncoding(line: number, name: string): UnreadableFile {
  const hint =
    name === "windows-1252" ? ENCODING_HINT : 'correct the line, or correct "ingest": {"encoding": "…"}, or --encoding';
  const reason = name === "windows-1252" ? "is neither UTF-8 nor windows-1252" : `is not ${name}`;
  return new UnreadableFile(`line ${line} ${reason}`, { line, hint });
}

function mixedEncodings(line: number): UnreadableFile {
  const hint =
    'correct this line; if the whole file is windows-1252, set "ingest": {"encoding": "windows-1252"} (for init and split: --encoding windows-1252)';
  return new UnreadableFile(`line ${line} is not UTF-8, but earlier text is`, { line, hint });
}
