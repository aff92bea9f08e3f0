/** Measures, cuts, pads and breaks text by terminal columns. */
import { createRequire } from "node:module";
import { stripVTControlCharacters } from "node:util";
import { Chalk, type ChalkInstance } from "chalk";
import type { Environment } from "../core/userFolder.ts";

/** Latin letters, punctuation, arrows, boxes, bars and the check mark: one column each. */
const NARROW =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2193\u2212\u2500-\u259f\u2713\u2717\u2800-\u28ff]*$/;

let measure: ((text: string) => number) | undefined;

export function textWidth(text: string): number {
  const visible = stripVTControlCharacters(text);
  if (NARROW.test(visible)) return visible.length;
  // Loaded on demand: its patterns of emoji take 50 ms to compile, as long as all else of a start.
  measure ??= (createRequire(import.meta.url)("string-width") as typeof import("string-width")).default;
  return measure(visible);
}

export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let result = "";
  let used = 1;
  // A joined emoji is one character. Made on demand, as it takes 15 ms.
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += textWidth(segment);
    if (used > width) break;
    result += segment;
  }
  return `${result}…`;
}

export function pad(text: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "right" ? blanks + text : text + blanks;
}

/** Replaces control characters, so that a name from a file can neither move the cursor nor break a line. */
export function printable(text: string): string {
  return text.replace(/[\t\n\r]+/g, " ").replace(/\p{Cc}/gu, "\uFFFD");
}

/** Breaks text at spaces. A long word stays whole, because paths are copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

export type Colours = Pick<ChalkInstance, "bold" | "dim" | "red" | "yellow" | "green">;

interface ColourStream {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

export function coloursFor(stream: ColourStream, environment: Environment, allowed: boolean): Colours {
  return new Chalk({ level: allowed && wantsColour(stream, environment) ? 1 : 0 });
}

/** FORCE_COLOR and NO_COLOR count if set and not empty, see https://force-color.org and https://no-color.org. */
function wantsColour(stream: ColourStream, environment: Environment): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: term } = environment;
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  if ((none !== undefined && none !== "") || term === "dumb" || stream.isTTY !== true) return false;
  return stream.hasColors?.() ?? false;
}
