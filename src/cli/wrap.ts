/** Breaks a text at blanks so that it fits a width. */
import { textWidth } from "./textWidth.ts";

/**
 * Lines after the first are indented under the text behind `prefix`. A word longer than the width stays whole: paths are copied.
 * @param text or its words, which may hold blanks
 */
export function wrap(text: string | readonly string[], width: number, prefix = ""): string[] {
  const indent = " ".repeat(prefix.length);
  const lines: string[] = [];
  let line = "";
  for (const word of typeof text === "string" ? text.split(" ") : text) {
    if (line !== "" && prefix.length + textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each, i) => (i === 0 ? prefix : indent) + each);
}
