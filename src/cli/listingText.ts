/** Formats the data of a view: tab-separated for pipes, CSV and Markdown on request. */
import { formulaSafe } from "../core/text/formulaSafe.ts";
import type { Cell, View, ViewTable } from "../core/view.ts";
import { cellText, exactText, roundedText } from "./cellText.ts";
import { printable } from "./textWidth.ts";

/**
 * For less, grep and cut: the fields, then each table under a line of its headers, with an empty line between. Numbers
 * are rounded and not grouped; `--csv` and `--json` have every digit. A single column, such as the lines of a crontab,
 * needs no header.
 */
export function tabSeparated({ fields = [], tables = [] }: View): string {
  const shown = tables.filter(({ rows }) => rows.length > 0);
  const blocks = [
    ...(fields.length === 0 ? [] : [fields]),
    ...shown.map((table) => [
      ...(table.title === undefined ? [] : [[table.title]]),
      ...(table.columns.length === 1 ? [] : [headers(table)]),
      ...table.rows,
    ]),
  ];
  return blocks.map((rows) => rows.map(tabLine).join("")).join("\n");
}

function tabLine(row: readonly Cell[]): string {
  return `${row.map((cell) => printable(roundedText(cell))).join("\t")}\n`;
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
