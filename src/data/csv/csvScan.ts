/** Checks whether DuckDB reads a CSV file exactly as `csvTokenizer` does, and whether a number may lose what a cell says. */
import { MAX_RECORD_LENGTH } from "./csvTokenizer.ts";
import type { CsvGrammar } from "./csvGrammar.ts";

export interface CsvScan {
  add(bytes: Buffer): void;
  /** Undefined if DuckDB must not read the file itself; `hasCodes` is now and then true without one. */
  end(): { readonly hasCodes: boolean } | undefined;
}

/**
 * DuckDB agrees on files with line feeds and without quotes, carriage returns, blanks beside a delimiter or line feed,
 * blank lines, copies of the header and byte order marks inside, and rows with one empty value too many, which it drops.
 * Codes are cells such as 007 and 0x10, which it would read as 7 and 16.
 * @param header the first line of the file with its line end
 * @param names as `readHead` gives them
 */
export function csvScan({ delimiter, quote, trim }: CsvGrammar, header: string, names: readonly string[]): CsvScan {
  const comma = `\\x${delimiter.charCodeAt(0).toString(16).padStart(2, "0")}`;
  const copies = names.length === 1 ? [] : [header.trimEnd(), names.join(delimiter)];
  const odd = ['"', "\r", "\n\n", "\ufeff", ...copies.map((copy) => `\n${copy}`)];
  const oddBytes = odd.map((text) => Buffer.from(text).toString("latin1"));
  const blank = trim ? [" ", "\t"].filter((each) => each !== delimiter).join("") : "";
  const besideBlank = new RegExp(`[${blank}][${comma}\n]|[${comma}\n][${blank}]`);
  const tooLong = new RegExp(`\n(?:[^${comma}\n]*${comma}){${names.length},}\n`);
  const code = new RegExp(`[${comma} \t\n][+-]?0(?:[0-9]+|[xX][0-9a-fA-F]+)[${comma} \t\n]`);
  const isKnown = quote === '"' && delimiter.charCodeAt(0) < 128 && delimiter !== " ";
  let isBad = !isKnown || !header.endsWith("\n") || /["\r]/.test(header);
  let hasCodes = false;
  /** The last line so far, after a line feed. */
  let rest = "\n";
  const check = (lines: string): void => {
    isBad =
      oddBytes.some((text) => lines.includes(text)) ||
      ([...blank].some((each) => lines.includes(each)) && besideBlank.test(lines)) ||
      (lines.includes(`${delimiter}\n`) && tooLong.test(lines));
    hasCodes ||= code.test(lines);
  };
  return {
    add(bytes) {
      if (isBad || bytes.length === 0) return;
      const text = rest + bytes.toString("latin1");
      const end = text.lastIndexOf("\n");
      if (end > 0) check(text.slice(0, end + 1));
      rest = text.slice(end);
      isBad ||= rest.length > MAX_RECORD_LENGTH;
    },
    end() {
      if (!isBad && rest !== "\n") check(`${rest}\n`);
      return isBad ? undefined : { hasCodes };
    },
  };
}
