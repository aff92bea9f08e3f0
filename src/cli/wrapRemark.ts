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

/** Between two backticks that stand at the edges of words: one in the name of a file, or without a second, is a letter. */
const COMMAND = /(?<![\w`])`[^`]+`(?![\w`])/g;

/** Commands are one word each. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let end = 0;
  const add = (piece: string): void => {
    const [first = "", ...rest] = piece.split(" ");
    // What stands before or after a command without a blank belongs to its word.
    if (words.length > 0) words[words.length - 1] += first;
    else words.push(first);
    words.push(...rest);
  };
  for (const { 0: command, index } of text.matchAll(COMMAND)) {
    add(text.slice(end, index));
    words[words.length - 1] += command;
    end = index + command.length;
  }
  add(text.slice(end));
  return words;
}
