/** Chooses how to read text columns that are numbers or dates, from all files together, and converts the tables. */
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { numberFormat, numberFormatOf, type Decimal, valueFormat } from "../../core/text/valueFormat.ts";
import { castExpression, kindOf, requestedType, storedType } from "../duckdb/columnTypes.ts";
import { type Database, identifier } from "../duckdb/duckdb.ts";
import { formatIn, isMarker } from "../duckdb/formatSql.ts";
import type { LoadedColumn, LoadedFile, ReadOptions, TextFacts } from "../readOptions.ts";

const PLAIN = numberFormatOf(".").id;

export interface ReadColumn {
  readonly name: string;
  readonly facts: readonly TextFacts[];
  /** The format that was chosen; undefined: there is none, or more than one is possible. */
  readonly format: string | undefined;
  /** One of two readings was guessed, none was chosen, or files are written differently. */
  readonly choice?: "guessed" | "undecided" | "different";
  /** Whether other files have plain numbers in it, which do not look like those of this format. */
  readonly isPlainElsewhere?: boolean;
}

/** The columns of `files` with text facts. @param before formats recorded with an earlier dataset */
export function chooseFormats(
  files: readonly LoadedFile[],
  options: ReadOptions,
  before: ReadonlyMap<string, string>,
): ReadColumn[] {
  const all = files.flatMap((file) =>
    file.columns.map((column) => ({ file, column, key: column.name.toLowerCase(), text: column.text })),
  );
  const byName = Map.groupBy(all, ({ key }) => key);
  const votes = decimalsIn(files);
  const vote = votes.size === 1 ? [...votes][0] : undefined;
  return Array.from(byName.values()).flatMap((holders) => {
    const texts = holders.filter(({ text }) => text !== undefined);
    if (texts[0] === undefined) return [];
    const { name } = texts[0].column;
    const facts = texts.map(({ text }) => text!);
    const delimiters = new Set(texts.map(({ file }) => file.delimiter));
    const delimiter = delimiters.size === 1 ? [...delimiters][0] : undefined;
    const choice = chosen(facts, { options, before: before.get(name), vote, delimiter });
    const plain = holders.filter(({ text, column }) => text === undefined && kindOf(column.type) === "number");
    return [{ name, facts, ...besidePlain(choice, plain, files.at(-1)!) }];
  });
}

type Choice = Pick<ReadColumn, "format" | "choice" | "isPlainElsewhere">;

/** 1.234,5 in one file and 1234.5 in another, or 16.2% and 0.162: the record has what the last file has. */
function besidePlain(
  choice: Choice,
  plain: readonly { readonly file: LoadedFile; readonly column: LoadedColumn }[],
  last: LoadedFile,
): Choice {
  const format = choice.format === undefined ? undefined : numberFormat(choice.format);
  if (format === undefined || plain.length === 0 || choice.choice === "different") return choice;
  const hasFractions = plain.some(({ column }) => column.type === "DOUBLE");
  if (format.unit !== "%" && !(format.decimal === "," && hasFractions)) return choice;
  const isLast = plain.some(({ file }) => file === last);
  return { format: isLast ? undefined : format.id, choice: "different", isPlainElsewhere: true };
}

/** The decimal separators of the columns that can be read in one way. */
function decimalsIn(files: readonly LoadedFile[]): Set<Decimal> {
  const found = new Set<Decimal>();
  for (const { columns, delimiter } of files) {
    for (const { type, text } of columns) {
      if (text === undefined && type === "DOUBLE" && delimiter !== undefined) found.add(".");
      const [one, other] = (text?.formats ?? []).flatMap((id) => numberFormat(id) ?? []);
      if (one !== undefined && other === undefined) found.add(one.decimal);
    }
  }
  return found;
}

interface Evidence {
  readonly options: ReadOptions;
  readonly before: string | undefined;
  readonly vote: Decimal | undefined;
  readonly delimiter: string | undefined;
}

function chosen(facts: readonly TextFacts[], evidence: Evidence): Pick<ReadColumn, "format" | "choice"> {
  const common = facts[0]!.formats.filter((id) => facts.every(({ formats }) => formats.includes(id)));
  // Files that agree on no format are read each in its own way; the record has that of the last.
  const formats = (common.length > 0 ? common : facts.at(-1)!.formats).map((id) => valueFormat(id)!);
  if (common.length === 0 && facts.length > 1 && facts.every((each) => each.formats.length > 0))
    return { format: formats[0]!.id, choice: "different" };
  const dates = formats.filter(({ kind }) => kind === "date");
  const isPlain = facts.every(({ plain }) => plain !== undefined);
  const { before } = evidence;
  if (before !== undefined && formats.some(({ id }) => id === before)) return { format: before };
  if (dates.length > 0) {
    const isInteger = facts.some(({ plain }) => plain === "BIGINT");
    if (isPlain && !isInteger) return { format: undefined };
    // Of 01/02/2024 either part may be the month; 01.02.2024 has the day first.
    const isOrderUnknown = dates.length > 1 && !dates[0]!.id.startsWith("%d.");
    return isOrderUnknown ? { format: undefined, choice: "undecided" } : { format: dates[0]!.id };
  }
  const [first, second] = formats.flatMap(({ id }) => numberFormat(id) ?? []);
  if (first === undefined || second === undefined) return { format: first?.id };
  const separators = facts.flatMap((each) => each.separators ?? []);
  if (separators.length === 0) return { format: evidence.vote === second.decimal ? second.id : first.id };
  const [decimal, isGuess = false] = decimalOf(separators, { ...evidence, hasUnit: first.unit !== "" });
  if (decimal === undefined) return { format: undefined, choice: "undecided" };
  return { format: numberFormatOf(decimal, first.unit).id, ...(isGuess ? { choice: "guessed" } : {}) };
}

/** The decimal separator of numbers such as 1,005 or 4.172, and whether it is a guess; undefined if nothing decides. */
function decimalOf(
  separators: readonly NonNullable<TextFacts["separators"]>[],
  { options: { decimal, thousands }, vote, delimiter, hasUnit }: Evidence & { readonly hasUnit: boolean },
): readonly [Decimal | undefined, isGuess?: boolean] {
  const { character } = separators[0]!;
  if (decimal !== undefined) return [decimal];
  if (character === null || separators.some((each) => each.character !== character))
    return [thousands === "." ? "," : thousands === "," ? "." : undefined];
  const other = character === "," ? "." : ",";
  if (thousands !== undefined) return [thousands === character ? other : character];
  if (vote !== undefined) return [vote];
  // 1.000 € may be a thousand, and $3.459 the price of a gallon.
  if (character === "." && delimiter !== ";") return [hasUnit ? undefined : "."];
  const isGrouped = delimiter === "," || separators.every((each) => each.isGrouped);
  return [isGrouped ? other : undefined, true];
}

/** The files with the types that their columns have once they are converted. */
export function readTypes<File extends LoadedFile>(
  files: readonly File[],
  read: readonly ReadColumn[],
  { types = {} }: ReadOptions,
): File[] {
  const byName = new Map(read.map((column) => [column.name.toLowerCase(), column]));
  return files.map((file) => {
    const columns = file.columns.map((column): LoadedColumn => {
      const { name } = column;
      const requested = Object.hasOwn(types, name) ? storedType(requestedType(name, types[name]!)) : undefined;
      const made = conversion(column, byName.get(name.toLowerCase()), requested);
      return made === undefined ? column : { ...column, ...made };
    });
    return { ...file, columns };
  });
}

function conversion({ name, type, text }: LoadedColumn, read: ReadColumn | undefined, requested?: string) {
  if (text === undefined || read === undefined || read.choice === "undecided") return undefined;
  const { plain, formats } = text;
  const column = type === "VARCHAR" ? identifier(name) : `CAST(${identifier(name)} AS VARCHAR)`;
  const id = read.format !== undefined && formats.includes(read.format) ? read.format : formats[0];
  if (plain !== undefined && (read.format === undefined || id === undefined || id === PLAIN)) {
    const present = `CASE WHEN NOT ${isMarker(column)} THEN ${column} END`;
    const made = requested ?? plain;
    return made === type ? undefined : { type: made, sql: castExpression(present, made) };
  }
  if (id === undefined) return undefined;
  const format = valueFormat(id)!;
  const value = formatIn(column, format);
  if (format.kind === "number") return { type: "DOUBLE", sql: value };
  const made = requested ?? (text.hasTime === true ? "TIMESTAMP" : "DATE");
  return { type: made, sql: `CAST(${value} AS ${made})` };
}

/** Numbers and dates stay text where another file makes the column text. */
export function asText<File extends LoadedFile>(files: readonly File[], columns: readonly DatasetColumn[]): File[] {
  const categories = columns.filter(({ type }) => kindOf(type) === "category");
  const texts = new Set(categories.map(({ name }) => name.toLowerCase()));
  return files.map((file) => ({
    ...file,
    columns: file.columns.map(({ sql, ...column }) =>
      sql === undefined
        ? column
        : texts.has(column.name.toLowerCase())
          ? { ...column, type: "VARCHAR" }
          : { ...column, sql },
    ),
  }));
}

/** Converts the text of columns of numbers and dates. */
export async function convertColumns(database: Database, files: readonly LoadedFile[]): Promise<void> {
  for (const file of files) {
    const replaced = file.columns.flatMap(({ name, sql }) =>
      sql === undefined ? [] : [`${sql} AS ${identifier(name)}`],
    );
    if (replaced.length === 0) continue;
    const table = identifier(file.table);
    await database.run(`CREATE OR REPLACE TABLE ${table} AS SELECT * REPLACE (${replaced.join(", ")}) FROM ${table}`);
  }
}

/** By column: the formats to record, which are not those of plain numbers and dates. */
export function recordedFormats(read: readonly ReadColumn[]): Map<string, string> {
  const isPlain = ({ format, facts }: ReadColumn): boolean =>
    format === PLAIN && facts.every(({ plain }) => plain !== undefined);
  const recorded = read.filter((column) => column.format !== undefined && !isPlain(column));
  return new Map(recorded.map(({ name, format }) => [name, format!]));
}

/** See Staged. */
export function doubtsOf(read: readonly ReadColumn[]) {
  const undecided = read.flatMap(({ name, choice, facts }) =>
    choice === "undecided" || facts.some(({ mixed }) => mixed?.isFew === true) ? [name] : [],
  );
  const words = read.map(({ name, facts }) => {
    return [name, facts.flatMap(({ mixed }) => (mixed?.areMissing || mixed?.isFew ? mixed.words : []))] as const;
  });
  return { undecided, missingWords: new Map(words.filter(([, found]) => found.length > 0)) };
}
