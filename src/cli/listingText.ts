/** Formats the data of a view: tab-separated for pipes, CSV and Markdown on request. */
import { csvCell, formulaSafe, present } from "../core/text/format.ts";
import type { Cell, View, ViewTable } from "../core/view.ts";
import { printable } from "./textWidth.ts";

/** Texts of one column. Its numbers have the same number of decimals, so that their points are aligned. */
export function columnTexts(cells: readonly Cell[]): string[] {
  const decimals = Math.max(0, ...cells.map((cell) => (typeof cell === "number" ? decimalsOf(cell) : 0)));
  return cells.map((cell) => cellText(cell, decimals));
}

export function cellText(cell: Cell, decimals = typeof cell === "number" ? decimalsOf(cell) : 0): string {
  if (cell === null) return "–";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  if (typeof cell === "string") return printable(cell);
  if (!Number.isFinite(cell)) return Number.isNaN(cell) ? "–" : cell > 0 ? "∞" : "−∞";
  if (cell !== 0 && (Math.abs(cell) < 1e-4 || Math.abs(cell) >= 1e15)) return cell.toExponential(2);
  return cell.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** For a pipe: six significant digits, and every digit before the point. */
function roundedText(cell: Cell): string {
  if (typeof cell !== "number" || !Number.isFinite(cell) || Number.isInteger(cell)) return exactText(cell);
  const whole = Math.trunc(Math.abs(cell)).toString().length;
  return String(Number(cell.toPrecision(Math.min(100, Math.max(6, whole)))));
}

/** For a CSV file: every digit, and an empty string for missing values. */
function exactText(cell: Cell): string {
  if (cell === null || (typeof cell === "number" && Number.isNaN(cell))) return "";
  return typeof cell === "string" ? cell : String(cell);
}

function decimalsOf(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return 0;
  const size = Math.abs(value);
  if (size >= 1000) return 1;
  if (size >= 100) return 2;
  return size >= 10 ? 3 : 4;
}

/** For less, grep and cut: fields, then each table under its headers. Numbers are rounded and not grouped. */
export function tabSeparated({ fields = [], tables = [] }: View): string {
  const shown = tables.filter(({ rows }) => rows.length > 0);
  const blocks = [
    ...(fields.length === 0 ? [] : [present(fields)]),
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
  return rows.map((row) => `${row.map((text) => csvCell(safe ? formulaSafe(text) : text)).join(",")}\r\n`).join("");
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

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map(markdownInline).join(" | ")} |\n`;
}

/** One line that Markdown shows as it is: names of files and columns may contain code, links or HTML. */
export function markdownInline(text: string): string {
  return printable(text).replace(/[\\`*<&|]|\](?=\()/g, String.raw`\$&`);
}
