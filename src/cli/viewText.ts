/** Formats a view for a terminal. */
import { firstLines } from "../core/text/listed.ts";
import type { View } from "../core/view.ts";
import { cellText } from "./listingText.ts";
import { pad, textWidth, wrap, type Colours } from "./textWidth.ts";
import { tableText } from "./tableText.ts";

/** Title, fields and tables, separated by empty lines. Notes and the next step go to stderr, see `remarkText`. */
export function viewText({ title, fields = [], tables = [] }: View, width: number, colours: Colours): string {
  const parts: string[][] = [];
  if (title !== undefined) parts.push(wrap(title, width).map((line) => colours.bold(line)));
  if (fields.length > 0) parts.push(fieldLines(fields, width, colours));
  for (const table of tables) {
    const head = table.title === undefined ? [] : [colours.bold(table.title)];
    if (table.rows.length > 0) parts.push([...head, ...tableText(table, width, colours)]);
  }
  return parts.length === 0 ? "" : `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

export function remarkText({ notes = [], next }: View, width: number, colours: Colours): string {
  const lines = firstLines(notes).flatMap((note) => wrapRemark(note, width, "note: "));
  if (next !== undefined) lines.push(...wrapRemark(next, width, "next: ").map((line) => colours.bold(line)));
  return lines.map((line) => `${line}\n`).join("");
}

function fieldLines(fields: NonNullable<View["fields"]>, width: number, colours: Colours): string[] {
  const labelWidth = Math.max(...fields.map(([label]) => textWidth(label)));
  return fields.flatMap(([label, value]) => {
    const lines = wrap(cellText(value), width - labelWidth - 2);
    return lines.map((line, i) => `${colours.dim(pad(i === 0 ? label : "", labelWidth, "left"))}  ${line}`);
  });
}

/** A command in backticks that fits on no line gets one of its own from the first column, to be copied. */
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
