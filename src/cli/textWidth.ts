/** Text cut or padded to a number of columns of a terminal. */
import stringWidth from "string-width";

/** As a reader counts them: a joined emoji is one. */
const characters = new Intl.Segmenter();

/** Columns of a terminal that `text` takes. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** At most `width` columns, with an ellipsis where something is left out. */
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

/**
 * Control characters made visible or blank: a name out of a file can neither move the cursor nor break a line.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\t\n\r]+/g, " ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\uFFFD");
}
