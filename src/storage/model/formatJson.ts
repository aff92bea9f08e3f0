/** Formats JSON for reading and diffing: two-space indent, short lists on one line, long lists of numbers in rows. */
import type { Json } from "../../core/json.ts";

/** Maximum length in characters of a list on one line. */
const LINE_WIDTH = 100;
/** Numbers per row of a long list; a fixed count, so that one changed number changes one row. */
const ROW_LENGTH = 16;

/**
 * Keys keep their order, so the same value always gives the same string. Ends in a newline.
 * @param value plain data; keys whose value is undefined are left out, as by JSON.stringify
 * @throws {TypeError} with the path of a number that is NaN or infinite, which JSON.stringify would turn into null
 */
export function formatJson(value: unknown): string {
  return `${format(value as Json, "", "")}\n`;
}

function format(value: Json, indent: string, path: string): string {
  if (Array.isArray(value)) return formatList(value, indent, path);
  if (typeof value === "object" && value !== null) return formatObject(value, indent, path);
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`${path.slice(1)} is ${value}, which JSON cannot hold`);
  }
  return JSON.stringify(value);
}

function formatObject(value: object, indent: string, path: string): string {
  const inner = `${indent}  `;
  const lines: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    lines.push(`${inner}${JSON.stringify(key)}: ${format(item as Json, inner, `${path}.${key}`)}`);
  }
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
}

function formatList(list: readonly Json[], indent: string, path: string): string {
  const inner = `${indent}  `;
  const items = list.map((item, i) => format(item, inner, `${path}.${i}`));
  const isFlat = list.every((item) => typeof item !== "object" || item === null);
  const line = `[${items.join(", ")}]`;
  if (isFlat && line.length <= LINE_WIDTH) return line;
  const rows = list.every((item) => typeof item === "number") ? inRows(items) : items;
  return `[\n${inner}${rows.join(`,\n${inner}`)}\n${indent}]`;
}

function inRows(items: readonly string[]): string[] {
  const rows: string[] = [];
  for (let start = 0; start < items.length; start += ROW_LENGTH) {
    rows.push(items.slice(start, start + ROW_LENGTH).join(", "));
  }
  return rows;
}
