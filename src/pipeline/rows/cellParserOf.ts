/** Reads cells as the training data of a model was read: the same formats, the same missing markers. */
import type { Signature } from "../../core/table/signature.ts";
import { cellParser, type CellParser } from "../../core/text/valueFormat.ts";

/** @returns a function from a cell of the column to its number, or time in milliseconds; see cellParser */
export function cellParserOf(
  { reading: { formats } }: Pick<Signature, "reading">,
  column: string,
  kind: "number" | "date",
): CellParser {
  // hasOwn because a column may be called "constructor".
  const format = formats !== undefined && Object.hasOwn(formats, column) ? formats[column] : undefined;
  return cellParser(kind, { format, hasMarkers: formats !== undefined });
}
