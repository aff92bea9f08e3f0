/** SQL that reads text as numbers and dates the way `core/text` reads single cells. */
import { LAST_CENTURY, MONTHS, type DateFormat, type DatePart } from "../../core/text/dateFormat.ts";
import { type NumberFormat, MISSING_MARKERS, type ValueFormat } from "../../core/text/valueFormat.ts";
import { literal, literalList } from "./duckdb.ts";

export function formatIn(text: string, format: ValueFormat): string {
  return format.kind === "number" ? numberAs(text, format) : dateAs(text, format);
}

export function isMarker(text: string): string {
  const markers = literalList(MISSING_MARKERS).slice(1, -1);
  return `(ascii(${text}) NOT BETWEEN 48 AND 57 AND lower(trim(${text}, ' \t\u00a0')) IN (${markers}))`;
}

/** SQL: the text as a plain number, else NULL. Not 0x10, which DuckDB reads as 16 in a column of integers. */
export function numberIn(text: string): string {
  // Checking the first character first is five times as fast: digits are below "A", and few words start with I or N.
  const first = `ascii(ltrim(${text}))`;
  const isWord = `${first} IN (73, 78, 105, 110) AND lower(trim(${text})) IN ('nan', 'inf', 'infinity')`;
  return `TRY_CAST(CASE WHEN ${first} < 65 OR (${isWord}) THEN ${text} END AS DOUBLE)`;
}

/** SQL: whether the text is an integer that a column of type BIGINT holds without loss. */
export function isInteger(text: string): string {
  return `(regexp_full_match(${text}, '[+-]?[0-9]+') AND TRY_CAST(${text} AS BIGINT) IS NOT NULL)`;
}

/** Integers that a number may not keep: with leading zeros, hexadecimal, octal or binary, or of many digits. */
const CODE = "[ \t]*[+-]?(?:0(?:[0-9]+|[xXbBoO][0-9a-fA-F]+)|[1-9][0-9]{15,})[ \t]*";

/** SQL: the text if it is an integer that is written in another way once it was a number, else NULL. */
export function codeIn(text: string): string {
  const digits = `ltrim(trim(${text}, ' \t'), '+')`;
  const again = `CAST(TRY_CAST(TRY_CAST(${digits} AS DOUBLE) AS HUGEINT) AS VARCHAR)`;
  // The outer CASE spares most texts the casts.
  return `CASE WHEN regexp_full_match(${text}, ${literal(CODE)}) THEN CASE WHEN ${again} IS DISTINCT FROM ${digits} THEN ${text} END END`;
}

/** SQL: the text as a timestamp, else NULL. Rejects "infinity", "epoch", 2024-01-31 (BC) and 24/12/31, which DuckDB would accept. */
export function dateIn(text: string): string {
  return `TRY_CAST(CASE WHEN regexp_matches(${text}, '^ *[0-9]{3,4}[-/][^(]*$') THEN ${text} END AS TIMESTAMP)`;
}

function numberAs(text: string, { whole, body, negative, decimal, grouping }: NumberFormat): string {
  const digits = `translate(regexp_extract(${text}, ${literal(body)}), ${literal(decimal + grouping)}, '.')`;
  const sign = `CASE WHEN regexp_matches(${text}, ${literal(negative)}) THEN -1 ELSE 1 END`;
  return `CASE WHEN regexp_full_match(${text}, ${literal(whole)}) THEN TRY_CAST(${digits} AS DOUBLE) * ${sign} END`;
}

function number(digits: string): string {
  return `coalesce(TRY_CAST(${digits} AS BIGINT), 0)`;
}

function dateAs(text: string, { whole, parts }: DateFormat): string {
  const groups = `regexp_extract(${text}, ${literal(`(?i)^(?:${whole})$`)}, ${literalList(parts)})`;
  const of = (part: DatePart): string => `${groups}.${part}`;
  const short = of("shortYear");
  const century = `CASE WHEN TRY_CAST(${short} AS INTEGER) < ${LAST_CENTURY} THEN '20' ELSE '19' END || ${short}`;
  const month = `CAST((strpos('${MONTHS}', lower(left(${of("name")}, 3))) + 2) // 3 AS VARCHAR)`;
  const date = [
    parts.includes("year") ? of("year") : century,
    parts.includes("month") ? of("month") : parts.includes("name") ? month : "'1'",
    parts.includes("day") ? of("day") : "'1'",
  ].join(" || '-' || ");
  const [hour, half, zone] = [number(of("hour")), of("half"), of("zone")];
  const hours = `CASE ${half} WHEN '' THEN ${hour} ELSE ${hour} % 12 + CASE lower(${half}) WHEN 'p' THEN 12 ELSE 0 END END`;
  const offset = `(${number(`substr(${zone}, 2, 2)`)} * 60 + CASE WHEN length(${zone}) > 3 THEN ${number(`right(${zone}, 2)`)} ELSE 0 END) * CASE left(${zone}, 1) WHEN '-' THEN -1 ELSE 1 END`;
  const seconds = `((${hours}) * 60 + ${number(of("minute"))} - ${offset}) * 60 + ${number(of("second"))}`;
  const micros = `(${seconds}) * 1000000 + ${number(`rpad(${of("fraction")}, 6, '0')`)}`;
  const isRead = `${parts.includes("year") ? of("year") : short} <> '' AND (${half} = '' OR ${hour} <= 12)`;
  return `CASE WHEN ${isRead} THEN make_timestamp(epoch_us(TRY_CAST(${date} AS TIMESTAMP)) + ${micros}) END`;
}
