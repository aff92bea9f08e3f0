/** Formats the data of a view: tab-separated for pipes, CSV and Markdown on request. */
import { formulaSafe } from "../core/text/formulaSafe.ts";
import type { Cell, View, ViewTable } from "../core/view.ts";
import { cellText, exactText } from "./cellText.ts";
import { printable } from "./textWidth.ts";

/** The first table, else the fields, for cut, sort and awk: no header, no colour, every digit. */
export function tabSeparated(view: View): string {
  const rows: readonly (readonly Cell[])[] = view.tables?.[0]?.rows ?? view.fields ?? [];
  return rows.map((row) => `${row.map((cell) => printable(exactText(cell))).join("\t")}\n`).join("");
}

/** RFC 4180 with a header line. @param safe escape cells that a spreadsheet would run as formulas */
export function csvText(table: ViewTable, safe = false): string {
  const rows = [headers(table), ...table.rows.map((row) => row.map(exactText))];
  return rows.map((row) => `${row.map((text) => quotedText(safe ? formulaSafe(text) : text)).join(",")}\r\n`).join("");
}

export function markdownText(table: ViewTable): string {
  const isNumeric = table.columns.map((_, i) => table.rows.some((row) => typeof row[i] === "number"));
  const rule = `| ${isNumeric.map((right) => (right ? "---:" : "---")).join(" | ")} |\n`;
  const rows = table.rows.map((row) => markdownRow(row.map((cell) => cellText(cell))));
  return [markdownRow(headers(table)), rule, ...rows].join("");
}

function headers({ columns }: ViewTable): string[] {
  return columns.map((column) => (typeof column === "string" ? column : column.header));
}

function quotedText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map(markdownInline).join(" | ")} |\n`;
}

/** One line that Markdown shows as it is: names of files and columns may contain code, links or HTML. */
export function markdownInline(text: string): string {
  return printable(text).replace(/[\\`*<&|]|\](?=\()/g, String.raw`\$&`);
}
