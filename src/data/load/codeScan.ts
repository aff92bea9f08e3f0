/** Finds cells such as 007 or 0x10 in a delimited file: DuckDB would read them as 7 and 16. */
import { bytesOf } from "./inspectText.ts";

const CODE = /[,;|" \t\n][+-]?0(?:[0-9]|x[0-9a-f])[0-9a-f]*[,;|" \t\r\n]/i;
/** Bytes of a cell that a chunk may cut in two. */
const MAX_CUT = 64;

/** Whether the file has such a cell; now and then true for another one. */
export async function hasCodes(file: { readonly path: string; readonly gzip: boolean }): Promise<boolean> {
  let tail = "\n";
  for await (const chunk of bytesOf(file.path, file.gzip)) {
    const text = tail + chunk.toString("latin1");
    if (CODE.test(text)) return true;
    tail = text.slice(-MAX_CUT);
  }
  return CODE.test(`${tail}\n`);
}
