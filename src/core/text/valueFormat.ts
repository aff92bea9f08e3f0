/** How the numbers or dates of a column are written. A format is recorded by its id: "1.234,5 €" or "%d.%m.%Y". */
import { dateFormat, type DateFormat } from "./dateFormat.ts";
import { numberFormat, type NumberFormat } from "./numberFormat.ts";
import { parseDate } from "./parseDate.ts";
import { parseNumber } from "./parseNumber.ts";

export type ValueFormat = NumberFormat | DateFormat;

/** @returns undefined if `id` names no format */
export function valueFormat(id: string): ValueFormat | undefined {
  return numberFormat(id) ?? dateFormat(id);
}

/** What stands for a missing number or date, in lower case. pandas reads most of them so; Excel writes the errors. */
export const MISSING_MARKERS = [
  ..."|na|n/a|#n/a|#na|<na>|n.a.|nan|null|none|nil|?|-|--|.".split("|"),
  ..."#div/0!|#value!|#ref!|#name?|#num!|#null!".split("|"),
];

const markers = new Set(MISSING_MARKERS);

/** Whether a cell of a column of numbers or dates means that there is none. */
export function isMissingMarker(text: string): boolean {
  return markers.has(text.replaceAll(/^[ \t\u00a0]+|[ \t\u00a0]+$/g, "").toLowerCase());
}

/** Reads a cell of a column of numbers or dates: NaN is missing; undefined is neither missing nor of this kind. */
export type CellParser = (cell: unknown) => number | undefined;

/**
 * @param format id of the format of the column; undefined: as plain numbers and ISO dates
 * @param hasMarkers read MISSING_MARKERS as missing
 */
export function cellParser(
  kind: "number" | "date",
  { format: id, hasMarkers }: { readonly format?: string | undefined; readonly hasMarkers: boolean },
): CellParser {
  const plain = kind === "date" ? parseDate : parseNumber;
  const format = id === undefined ? undefined : valueFormat(id);
  if (format === undefined && !hasMarkers) return plain;
  const own = format?.kind === kind ? format.parse : undefined;
  return (cell) => {
    // JSON writes 20240131 as a number.
    if (typeof cell === "number" && kind === "date") return own?.(String(cell)) ?? plain(cell);
    if (typeof cell !== "string") return plain(cell);
    // An ISO date has one reading in any format; a number such as 1.234 has not.
    const value = own === undefined ? plain(cell) : (own(cell) ?? (kind === "date" ? parseDate(cell) : undefined));
    return value ?? (hasMarkers && isMissingMarker(cell) ? Number.NaN : undefined);
  };
}
