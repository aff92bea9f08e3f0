/** Breaks a remark at blanks so that it fits a width, but never within a command, which people copy. */
import { textWidth } from "./textWidth.ts";
import { wrap } from "./wrap.ts";

/**
 * What stands between backticks stays whole. A command that no line has room for gets one of its own, bare and from the
 * first column on: a terminal folds it there, and what is copied is the command.
 */
export function wrapRemark(text: string, width: number, prefix: string): string[] {
  const indent = " ".repeat(prefix.length);
  const lines: string[] = [];
  let words: string[] = [];
  const flush = (): void => {
    const lead = lines.length === 0 ? prefix : indent;
    if (words.length > 0) lines.push(...wrap(words, width, lead));
    else if (lines.length === 0) lines.push(prefix.trimEnd());
    words = [];
  };
  for (const word of wordsOf(text)) {
    const command = /^`([^`]+)`[,;:.]?$/.exec(word)?.[1];
    if (command === undefined || prefix.length + textWidth(word) <= width) {
      words.push(word);
      continue;
    }
    flush();
    lines.push(command);
  }
  if (words.length > 0 || lines.length === 0) flush();
  return lines;
}

/** Commands are one word each. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let isInside = false;
  for (const part of text.split(" ")) {
    if (isInside) words[words.length - 1] += ` ${part}`;
    else words.push(part);
    if (part.split("`").length % 2 === 0) isInside = !isInside;
  }
  return words;
}
