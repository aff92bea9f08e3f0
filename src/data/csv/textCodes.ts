/** Few texts told apart by their bytes: no string is made of a text that was seen before. */

/** A column of more texts is not of few. */
const MOST_TEXTS = 1000;
/** A power of two, and so large that a look-up seldom meets another text. */
const SLOTS = 4096;

/** By order of first appearance. */
export interface TextCodes {
  readonly texts: readonly string[];
  /**
   * @param hash of the bytes from `start` to `end`, as `mixByte` makes it
   * @returns the code of the text; −1 where it is one too many
   */
  codeOf(bytes: Buffer, start: number, end: number, hash: number): number;
}

/** FNV-1a, begun with `NO_BYTE`. */
export const NO_BYTE = 0x811c9dc5 | 0;
export function mixByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

export function textCodes(): TextCodes {
  const texts: string[] = [];
  const known: Buffer[] = [];
  const slots = new Int32Array(SLOTS).fill(-1);
  const isKnown = (code: number, bytes: Buffer, start: number, end: number): boolean => {
    const text = known[code]!;
    if (text.length !== end - start) return false;
    for (let i = 0; i < text.length; i++) if (text[i] !== bytes[start + i]) return false;
    return true;
  };
  return {
    texts,
    codeOf(bytes, start, end, hash) {
      let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
      for (;;) {
        const code = slots[slot]!;
        if (code < 0) break;
        if (isKnown(code, bytes, start, end)) return code;
        slot = (slot + 1) & (SLOTS - 1);
      }
      if (texts.length === MOST_TEXTS) return -1;
      known.push(Buffer.from(bytes.subarray(start, end)));
      return (slots[slot] = texts.push(bytes.toString("utf8", start, end)) - 1);
    },
  };
}
