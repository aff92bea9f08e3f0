/** Finds cells such as 007 or 0x10 in a delimited file: DuckDB would read them as 7 and 16. */
import type { InspectedCsv } from "./inspectCsv.ts";
import { bytesOf } from "./inspectText.ts";

/** Bytes of a cell that a chunk may cut in two. */
const MAX_CUT = 64;

/**
 * Whether what DuckDB reads has such a cell; now and then true for another one.
 * @param file its delimiter is ASCII
 */
export async function hasCodes(file: Pick<InspectedCsv, "path" | "gzip" | "delimiter">): Promise<boolean> {
  const edge = `\\x${file.delimiter.charCodeAt(0).toString(16).padStart(2, "0")}" \\t`;
  const code = new RegExp(`[${edge}\\n][+-]?0(?:[0-9]|x[0-9a-f])[0-9a-f]*[${edge}\\r\\n]`, "i");
  let tail = "\n";
  for await (const chunk of bytesOf(file.path, file.gzip)) {
    const text = tail + chunk.toString("latin1");
    if (code.test(text)) return true;
    tail = text.slice(-MAX_CUT);
  }
  return code.test(`${tail}\n`);
}
