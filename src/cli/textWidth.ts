/** Measures, cuts, pads and breaks text by terminal columns. */
import stringWidth from "string-width";

/** Splits text into user-perceived characters: a joined emoji is one. */
const characters = new Intl.Segmenter();

/** Number of terminal columns that `text` takes. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** Cuts text to at most `width` columns, ending in an ellipsis. */
export function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let result = "";
  let used = 1;
  for (const { segment } of characters.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    result += segment;
  }
  return `${result}…`;
}

export function pad(text: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - stringWidth(text)));
  return align === "right" ? blanks + text : text + blanks;
}

/** Replaces control characters, so that a name from a file can neither move the cursor nor break a line. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the pattern matches control characters on purpose
  return text.replace(/[\t\n\r]+/g, " ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\uFFFD");
}

/**
 * Breaks text at spaces to fit a width. Lines after the first are indented to the end of `prefix`. A word longer than the width is not broken, because paths
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
