/** Breaks a remark at spaces to fit a width, but never within a command, because commands are copied. */
import { textWidth, wrap } from "./textWidth.ts";

/**
 * Text between backticks is not broken. A command that fits on no line gets a line of its own, without backticks and
 * from the first column, so that copying the line gives the command.
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

/** Text between two backticks at word boundaries. A backtick in a file name, or without a second one, is plain text. */
const COMMAND = /(?<![\w`])`[^`]+`(?![\w`])/g;

/** The words of a text; each command is one word. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let end = 0;
  const add = (piece: string): void => {
    const [first = "", ...rest] = piece.split(" ");
    // Text that touches a command without a space belongs to the same word.
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
