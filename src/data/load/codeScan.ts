/** Finds cells such as 007 or 0x10 in a delimited file: DuckDB would read them as 7 and 16. */
import type { InspectedCsv } from "./inspectCsv.ts";
import { bytesOf } from "./inspectText.ts";

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
    state = scan(table, state, chunk);
    if (state === FOUND) return true;
  }
  return table[(state << 8) | 10] === FOUND;
}

/** Three parts at once, from line to line: each byte waits for the state before it, and the processor has time for others. */
function scan(table: Uint8Array, state: number, bytes: Buffer): number {
  const third = Math.floor(bytes.length / 3);
  const second = bytes.lastIndexOf("\n", third) + 1;
  const last = bytes.lastIndexOf("\n", 2 * third) + 1;
  // After a line feed nothing is known of the line before, but whether it ended in a code.
  let [one, two, three] = [state, second === 0 ? state : EDGE, last === 0 ? state : EDGE];
  const shared = Math.min(second, last - second, bytes.length - last);
  for (let i = 0; i < shared; i++) {
    one = table[(one << 8) | bytes[i]!]!;
    two = table[(two << 8) | bytes[second + i]!]!;
    three = table[(three << 8) | bytes[last + i]!]!;
  }
  const rest = (from: number, to: number, at: number): number => {
    for (let i = from + shared; i < to; i++) at = table[(at << 8) | bytes[i]!]!;
    return at;
  };
  one = rest(0, second, one);
  two = rest(second, last, two);
  three = rest(last, bytes.length, three);
  return one === FOUND || two === FOUND ? FOUND : three;
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
