/** Formats a view for a terminal. */
import type { View } from "../core/view.ts";
import { cellText } from "./cellText.ts";
import type { Colours } from "./colours.ts";
import { tableText } from "./tableText.ts";
import { pad, textWidth, wrap } from "./textWidth.ts";
import { wrapRemark } from "./wrapRemark.ts";

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
  const lines = notes.flatMap((note) => wrapRemark(note, width, "note: "));
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
