/** Cells as text: rounded and grouped for people, exact for programs. */
import type { Cell } from "../core/view.ts";
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
export function roundedText(cell: Cell): string {
  if (typeof cell !== "number" || !Number.isFinite(cell) || Number.isInteger(cell)) return exactText(cell);
  const whole = Math.trunc(Math.abs(cell)).toString().length;
  return String(Number(cell.toPrecision(Math.min(100, Math.max(6, whole)))));
}

/** For a CSV file: every digit, and an empty string for missing values. */
export function exactText(cell: Cell): string {
  if (cell === null || (typeof cell === "number" && Number.isNaN(cell))) return "";
  return typeof cell === "string" ? cell : String(cell);
}

/** Number of decimals: about four significant digits, fewer decimals for larger numbers. */
function decimalsOf(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return 0;
  const size = Math.abs(value);
  if (size >= 1000) return 1;
  if (size >= 100) return 2;
  return size >= 10 ? 3 : 4;
}
