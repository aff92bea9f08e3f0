/** Finds cells such as 007 or 0x10 in a delimited file: DuckDB would read them as 7 and 16. */
import type { InspectedCsv } from "./inspectCsv.ts";
import { bytesOf } from "./inspectText.ts";

/** What the bytes of a cell are so far. */
const states = ["other", "edge", "sign", "zero", "x", "code", "found"] as const;
type State = (typeof states)[number];
const [EDGE, FOUND] = [states.indexOf("edge"), states.indexOf("found")];

/**
 * Whether what DuckDB reads has such a cell; now and then true for another one.
 * @param file its delimiter is ASCII
 */
export async function hasCodes(file: Pick<InspectedCsv, "path" | "gzip" | "delimiter">): Promise<boolean> {
  const table = transitions(file.delimiter);
  let state = EDGE;
  for await (const chunk of bytesOf(file.path, file.gzip)) {
    for (let i = 0; i < chunk.length; i++) state = table[(state << 8) | chunk[i]!]!;
    if (state === FOUND) return true;
  }
  return table[(state << 8) | 10] === FOUND;
}

/** For each state and byte, the next state: a byte takes a tenth of the time of a regular expression. */
function transitions(delimiter: string): Uint8Array {
  const table = new Uint8Array(states.length << 8).fill(states.indexOf("other"));
  const set = (from: State, bytes: string, to: State): void => {
    for (const byte of Buffer.from(bytes)) table[(states.indexOf(from) << 8) | byte] = states.indexOf(to);
  };
  const edges = `${delimiter}" \t\n`;
  for (const from of states) set(from, edges, from === "code" ? "found" : "edge");
  set("edge", "+-", "sign");
  set("edge", "0", "zero");
  set("sign", "0", "zero");
  set("zero", "0123456789", "code");
  set("zero", "xX", "x");
  set("x", "0123456789abcdefABCDEF", "code");
  set("code", "0123456789abcdefABCDEF", "code");
  set("code", "\r", "found");
  table.fill(FOUND, FOUND << 8);
  return table;
}
