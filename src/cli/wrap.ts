/** Breaks text at spaces to fit a width. */
import { textWidth } from "./textWidth.ts";

/**
 * Lines after the first are indented to the end of `prefix`. A word longer than the width is not broken, because paths
 * are copied.
 * @param text a string, or its words, which may contain spaces
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
