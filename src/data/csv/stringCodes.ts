/** Codes for a small number of distinct strings, looked up by their bytes: repeated values create no new string. */

/** Maximum number of distinct strings. */
const MAX_STRINGS = 1000;
/** Size of the hash table: a power of two, large enough that collisions are rare. */
const SLOTS = 4096;

/** Codes are numbered by first appearance. */
export interface StringCodes {
  readonly strings: readonly string[];
  /**
   * @param hash of the bytes from `start` to `end`, from `hashByte`
   * @returns the code of the string; −1 if there would be more than MAX_STRINGS
   */
  codeOf(bytes: Buffer, start: number, end: number, hash: number): number;
}

/** One step of FNV-1a; start with `HASH_START`. */
export const HASH_START = 0x811c9dc5 | 0;
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

export function stringCodes(): StringCodes {
  const strings: string[] = [];
  const known: Buffer[] = [];
  const slots = new Int32Array(SLOTS).fill(-1);
  const isKnown = (code: number, bytes: Buffer, start: number, end: number): boolean => {
    const string = known[code]!;
    if (string.length !== end - start) return false;
    for (let i = 0; i < string.length; i++) if (string[i] !== bytes[start + i]) return false;
    return true;
  };
  return {
    strings,
    codeOf(bytes, start, end, hash) {
      let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
      for (;;) {
        const code = slots[slot]!;
        if (code < 0) break;
        if (isKnown(code, bytes, start, end)) return code;
        slot = (slot + 1) & (SLOTS - 1);
      }
      if (strings.length === MAX_STRINGS) return -1;
      known.push(Buffer.from(bytes.subarray(start, end)));
      return (slots[slot] = strings.push(bytes.toString("utf8", start, end)) - 1);
    },
  };
}
