/** Reads text cells as ingest did before it applied `ingest.select`: in the formats of `ingest.types`. */
import type { Json } from "../../core/json.ts";
import { isMissingMarker, valueFormat, type ValueFormat } from "../../core/text/valueFormat.ts";
import { isOwnType, kindOf, requestedType } from "../duckdb/columnTypes.ts";
import type { SelectOptions } from "./boundSelect.ts";

/** By column of numbers or dates that may have a format and missing markers: its format; null: written plainly. */
export type TextFormats = ReadonlyMap<string, ValueFormat | null>;

/** The formats that `ingest.types` names, and those that a dataset records for its columns. */
export function textFormats(options: Pick<SelectOptions, "types" | "recorded" | "select">): TextFormats {
  const { types, recorded, select } = options;
  const formats = new Map<string, ValueFormat | null>();
  const replaced = new Set(Object.keys(select).map((name) => name.toLowerCase()));
  for (const { name, format } of recorded)
    if (format !== undefined && !replaced.has(name.toLowerCase())) formats.set(name, valueFormat(format) ?? null);
  for (const [name, type] of Object.entries(types)) {
    if (!isOwnType(type)) formats.delete(name);
    else {
      const found = valueFormat(type) ?? valueFormat(recorded.find((column) => column.name === name)?.format ?? "");
      formats.set(name, found?.kind === kindOf(requestedType(name, type)) ? found : null);
    }
  }
  return formats;
}

/** The value as DuckDB casts it to a number or a date; null is missing. Text that is not in the format stays no number. */
export function plainText(value: Json, format: ValueFormat | null): Json {
  if (typeof value !== "string") return value;
  const read = format?.parse(value);
  if (read === undefined || format === null) {
    if (isMissingMarker(value)) return null;
    // An ISO date has one reading in any format; a number such as 1.5 has not.
    return format?.kind === "number" ? `${value} is not written as ${format.id}` : value;
  }
  return format.kind === "number" ? read : new Date(read).toISOString();
}
