/** Reads cells as the training data of a model was read: the same formats, the same missing markers. */
import type { Signature } from "../../core/table/signature.ts";
import { cellParser, type CellParser } from "../../core/text/valueFormat.ts";

/** @returns a function from a cell of the column to its number, or time in milliseconds; see cellParser */
export function cellParserOf(
  { reading: { formats } }: Pick<Signature, "reading">,
  column: string,
  kind: "number" | "date",
): CellParser {
  return cellParser(kind, { format: formatOf(formats, column), hasMarkers: formats !== undefined });
}

/** What a cell of the column must be, for messages: "a number such as 1.234,5 €". */
export function expectedCell(
  { reading: { formats } }: Pick<Signature, "reading">,
  column: string,
  kind: "number" | "date",
): string {
  const format = formatOf(formats, column);
  if (format === undefined) return kind === "number" ? "a number" : "a date such as 2024-01-31";
  return kind === "number" ? `a number such as ${format}` : `a date written ${format} or 2024-01-31`;
}

function formatOf(formats: Signature["reading"]["formats"], column: string): string | undefined {
  // hasOwn because a column may be called "constructor".
  return formats !== undefined && Object.hasOwn(formats, column) ? formats[column] : undefined;
}
