/** Finds out what the text columns of a loaded file contain: numbers or dates with missing markers, codes, or words. */
import type { ColumnKind } from "../../core/table/table.ts";
import { dateFormat, dateFormatsOf, FIRST_COMPACT, LAST_COMPACT } from "../../core/text/dateFormat.ts";
import {
  numberFormatsOf,
  parseDate,
  parseNumber,
  isMissingMarker,
  valueFormat,
  type ValueFormat,
} from "../../core/text/valueFormat.ts";
import { kindOf, requestedType } from "../duckdb/columnTypes.ts";
import { type Cell, type Database, identifier } from "../duckdb/duckdb.ts";
import { codeIn, dateIn, formatIn, isInteger, isMarker, numberIn } from "../duckdb/formatSql.ts";
import { columnsWhere } from "./exactDigits.ts";
import { codeFacts, type TextFacts } from "../readOptions.ts";
import { MAX_WORDS, meanMissing, oddValues } from "./oddValues.ts";

/** Rows that are looked at to find the formats a column may have; then every row is checked. */
const SAMPLE_ROWS = 200;
/** If this share of the values are numbers (or dates), a note names the first other value; if few are not, all of them. */
const MAJORITY = 0.5;
const FEW = 0.01;
const MAX_MARKERS = 5;
/** Fewer integers such as 20240131 may be dates by accident. */
const MIN_COMPACT_DATES = 3;
/** Values of the sample whose formats are tried on the others. */
const USUAL_FROM = 3;
const COMPACT = "%Y%m%d";

/** A time in a zone with a name; only the SQL of DuckDB knows the zones. */
const NAMED_ZONE = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?[^A-Za-z]* ?[A-Z][A-Za-z]+\/[A-Z][A-Za-z_/]+$/;

export interface Census {
  readonly name: string;
  /** VARCHAR, or BIGINT: integers may be dates such as 20240131. */
  readonly type: string;
  /** Entry of `ingest.types`: number, date or a format. The column always gets facts, and no others than these. */
  readonly requested?: string;
  /** The only format that it may have; null: none. Default: any. */
  readonly format?: string | null;
  /** Keep missing markers: SQL of the configuration handles them. */
  readonly isRaw?: boolean;
}

/** By name, for the columns that are not plain words or integers. */
export async function textFacts(
  database: Database,
  table: string,
  columns: readonly Census[],
): Promise<ReadonlyMap<string, TextFacts>> {
  const facts = new Map<string, TextFacts>();
  for (const name of await compactDates(database, table, columns))
    facts.set(name, { example: "", formats: [COMPACT], plain: "BIGINT", markers: [] });
  const texts = columns.filter(({ type }) => type === "VARCHAR");
  if (texts.length === 0) return facts;
  const names = texts.map(({ name }) => identifier(name));
  const counts = names.map((column) => `count(${column}), count(${numberIn(column)}), count(${dateIn(column)})`);
  const [counted] = await database.rows(`SELECT ${counts.join(", ")} FROM ${identifier(table)}`);
  const sampled = await database.rows(`SELECT ${names.join(", ")} FROM ${identifier(table)} LIMIT ${SAMPLE_ROWS}`);
  for (const [i, census] of texts.entries()) {
    const [present = 0, numbers = 0, dates = 0] = counted!.slice(3 * i, 3 * i + 3).map(Number);
    const rows = sampled.map((row) => row[i]!);
    const sample = present === 0 ? [] : await sampleOf(database, { table, column: names[i]!, rows });
    if (sample.length === 0) {
      const kind = requestedKind(census);
      if (kind !== undefined) {
        const plain = kind === "number" ? "DOUBLE" : "TIMESTAMP";
        facts.set(census.name, { example: "", formats: [], plain, markers: [] });
      }
      continue;
    }
    const candidates = candidatesOf(census, sample);
    if (sample.every((text) => NAMED_ZONE.test(text)))
      facts.set(census.name, { example: sample[0]!, formats: [], markers: [], zone: sample[0]! });
    // A sample of words only decides, unless most of the other values are numbers or dates.
    const mayBePlain = sample.some((text) => parseNumber(text) !== undefined || parseDate(text) !== undefined);
    const isMostly = Math.max(numbers, dates) >= MAJORITY * present;
    if (candidates.length === 0 && !mayBePlain && !isMostly && census.requested === undefined) continue;
    const found = await factsOf(database, { table, census, present, candidates, sample });
    if (found === undefined) continue;
    const { formats, plain, markers, example } = found;
    if (census.isRaw !== true || found.code !== undefined || (plain !== undefined && markers.length === 0))
      facts.set(census.name, found);
    else if (plain !== undefined || formats.length > 0)
      facts.set(census.name, { example, formats: [], markers: [], raw: example });
  }
  return facts;
}

/** The formats that fit the sample and that the column may have. */
function candidatesOf(census: Census, sample: readonly string[]): ValueFormat[] {
  const { requested, format } = census;
  const only = valueFormat(requested ?? format ?? "");
  if (only !== undefined) return [only];
  if (format === null) return [];
  const all = [...numberFormatsOf(sample), ...dateFormatsOf(sample)];
  const found = all.length > 0 ? all : usualFormats(sample);
  return requested === undefined ? found : found.filter(({ kind }) => kind === requestedKind(census));
}

function usualFormats(sample: readonly string[]): ValueFormat[] {
  const first = sample.filter((text) => /\d/.test(text)).slice(0, USUAL_FROM);
  const found = new Map(
    first
      .flatMap((text) => [...numberFormatsOf([text]), ...dateFormatsOf([text])])
      .map((format) => [format.id, format]),
  );
  const usual = Array.from(found.values(), (format) => ({
    format,
    count: sample.filter((text) => format.parse(text) !== undefined).length,
  }));
  return usual.filter(({ count }) => count > MAJORITY * sample.length).map(({ format }) => format);
}

function requestedKind({ name, requested }: Census): ColumnKind | undefined {
  return requested === undefined ? undefined : kindOf(requestedType(name, requested));
}

function isNearCompact(column: string): string {
  return `min(${column}) >= ${FIRST_COMPACT} AND max(${column}) <= ${LAST_COMPACT} AND count(${column}) >= ${MIN_COMPACT_DATES}`;
}

function areCompact(column: string): string {
  return `count(${formatIn(`CAST(${column} AS VARCHAR)`, dateFormat(COMPACT)!)}) = count(${column})`;
}

/** Columns of integers such as 20240131 that are all dates. */
async function compactDates(database: Database, table: string, columns: readonly Census[]): Promise<string[]> {
  const mayBe = ({ type, format = COMPACT }: Census): boolean => type === "BIGINT" && format === COMPACT;
  const integers = columns.filter(mayBe);
  const near = await columnsWhere(database, identifier(table), integers, isNearCompact);
  const candidates = near.map((name) => ({ name }));
  return columnsWhere(database, identifier(table), candidates, areCompact);
}

/** Values of the first rows; of a column that is empty there, the first values. Without missing markers. */
async function sampleOf(
  database: Database,
  { table, column, rows }: { table: string; column: string; rows: readonly Cell[] },
): Promise<string[]> {
  const first = usable(rows);
  if (first.length > 0) return first;
  const where = `${column} IS NOT NULL AND NOT ${isMarker(column)}`;
  const later = await database.rows(`SELECT ${column} FROM ${identifier(table)} WHERE ${where} LIMIT ${SAMPLE_ROWS}`);
  return usable(later.map(([cell]) => cell!));
}

function usable(cells: readonly Cell[]): string[] {
  return cells.flatMap((cell) => (cell === null || isMissingMarker(String(cell)) ? [] : [String(cell)]));
}

interface Candidates {
  readonly table: string;
  readonly census: Census;
  readonly present: number;
  readonly candidates: readonly ValueFormat[];
  readonly sample: readonly string[];
}

async function factsOf(
  database: Database,
  { table, census, present, candidates, sample }: Candidates,
): Promise<TextFacts | undefined> {
  const column = identifier(census.name);
  const readable = (value: string): string => `count(CASE WHEN ${value} IS NOT NULL OR ${isMarker(column)} THEN 1 END)`;
  const integer = `CASE WHEN ${isInteger(column)} THEN 1 END`;
  const numberOrCode = `coalesce(CAST(${numberIn(column)} AS VARCHAR), ${codeIn(column)})`;
  const formatted = candidates.map((format) => formatIn(column, format));
  const items = [numberIn(column), numberOrCode, integer, dateIn(column), ...formatted];
  const selected = [`min(${codeIn(column)})`, `bool_or(contains(${column}, ':'))`, ...items.map(readable)];
  const [row] = await database.rows(`SELECT ${selected.join(", ")} FROM ${identifier(table)}`);
  const [code, hasTime, ...counted] = row!;
  const [numbers = 0, numbersOrCodes = 0, integers = 0, dates = 0, ...fits] = counted.map(Number);
  const wanted = requestedKind(census);
  const fitting = candidates.filter((_, i) => fits[i] === present).map(({ id }) => id);
  // Of 1.234 and 12.34 a model that learned 1.234,5 reads neither as a plain number.
  const isFormatted = typeof census.format === "string" && valueFormat(census.format)?.kind === "number";
  const isNumber = numbers === present && wanted !== "date" && !isFormatted;
  const isPlain = isNumber || (dates === present && wanted !== "number");
  const plain = !isNumber ? "TIMESTAMP" : integers === present && wanted === undefined ? "BIGINT" : "DOUBLE";
  const kept = { example: sample[0]!, formats: [], markers: [] };
  const isCode = typeof code === "string" && wanted === undefined;
  if (isCode && (numbersOrCodes === present || fitting.length > 0)) return codeFacts(code);
  if (isPlain || fitting.length > 0) {
    const odd = `SELECT ${column} FROM ${identifier(table)} WHERE NOT ${isMarker(column)} AND ${numberIn(column)} IS NULL LIMIT 1`;
    const markers = `SELECT DISTINCT ${column} FROM ${identifier(table)} WHERE ${isMarker(column)} ORDER BY 1 LIMIT ${MAX_MARKERS}`;
    return {
      ...kept,
      ...(isPlain ? { plain } : {}),
      formats: fitting,
      hasTime: hasTime === true,
      example: decisiveDate(sample, fitting) ?? String((await database.rows(odd))[0]?.[0] ?? sample[0]),
      markers: (await database.rows(markers)).map(([marker]) => String(marker)),
      ...(isNumber ? {} : offsetIn(sample)),
      ...(await separatorsOf(database, { table, column, fitting })),
    };
  }
  const best = [
    // Half of a column that has 2024-01-31 and 20240131 is numbers too.
    { kind: "date" as const, format: undefined, fit: dates, value: dateIn(column) },
    { kind: "number" as const, format: undefined, fit: numbers, value: numberIn(column) },
    ...candidates.map(({ kind, id }, i) => ({ kind, format: id, fit: fits[i]!, value: formatted[i]! })),
  ]
    .filter(({ kind }) => wanted === undefined || kind === wanted)
    .reduce((one, other) => (other.fit > one.fit ? other : one));
  if (wanted === undefined && best.fit < MAJORITY * present) return undefined;
  const { kind, format, value } = best;
  const odd = await oddValues(database, table, column, `${value} IS NULL AND NOT ${isMarker(column)}`);
  // None where every value is a plain number, but not one of the model's format.
  if (odd.count === 0) return wanted === undefined ? undefined : kept;
  const isFew = odd.count <= FEW * present && odd.words.length <= MAX_WORDS;
  const areMissing = meanMissing(odd, present);
  const words = isFew || areMissing ? odd.words : odd.words.slice(0, 1);
  return { ...kept, mixed: { words, count: odd.count, kind, format, isFew, areMissing } };
}

/** A date that cannot be read with day and month swapped, as the example for how all are read. */
function decisiveDate(sample: readonly string[], fitting: readonly string[]): string | undefined {
  const [id, other] = fitting.filter((each) => valueFormat(each)?.kind === "date");
  if (id === undefined || other !== undefined) return undefined;
  const swapped = valueFormat(id.replaceAll(/%[dm]/g, (part) => (part === "%d" ? "%m" : "%d")));
  return swapped && sample.find((text) => swapped.parse(text) === undefined);
}

/** A time with an offset, 2024-07-01T08:00:00+02:00, which is stored in UTC. */
function offsetIn(sample: readonly string[]): Pick<TextFacts, "offset"> {
  const offset = sample.find((text) => /:\d\d(\.\d+)?\s*[+-](?!00:?(00)?$)\d\d(:?\d\d)?$/.test(text));
  return offset === undefined ? {} : { offset };
}

/** Counts what distinguishes a decimal separator from a thousands separator, if both readings fit all values but give other numbers. */
async function separatorsOf(
  database: Database,
  { table, column, fitting }: { table: string; column: string; fitting: readonly string[] },
): Promise<Pick<TextFacts, "separators">> {
  const [one, other] = fitting.map((id) => valueFormat(id)!).filter(({ kind }) => kind === "number");
  if (one === undefined || other === undefined) return {};
  const differs = `${formatIn(column, one)} IS DISTINCT FROM ${formatIn(column, other)}`;
  const matching = (pattern: string): string =>
    `count(CASE WHEN regexp_full_match(${column}, '${pattern}') THEN 1 END)`;
  const [row] = await database.rows(
    `SELECT min(CASE WHEN ${differs} THEN ${column} END), ${matching(".*[0-9],[0-9].*")}, ${matching(".*[0-9][.][0-9].*")}, ${matching("[^0-9]*[1-9][0-9]{0,2}[^0-9]*")}, ${matching("[^0-9]*[1-9][0-9]{3,}[^0-9]*")} FROM ${identifier(table)}`,
  );
  const [example, commas, points, short, long] = row!;
  if (example === null) return {};
  const [hasComma, hasPoint] = [Number(commas) > 0, Number(points) > 0];
  const character = hasComma && hasPoint ? null : hasComma ? "," : ".";
  return { separators: { character, example: String(example), isGrouped: Number(short) > 0 && Number(long) === 0 } };
}
