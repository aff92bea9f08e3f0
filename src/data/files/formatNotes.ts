/** Notes on how text was read as numbers and dates, or why it was not: one note for all columns of a kind. */
import { counted, listed, MAX_LISTED } from "../../core/text/format.ts";
import { parseDate, valueFormat } from "../../core/text/valueFormat.ts";
import { missingLine } from "../load/oddValues.ts";
import type { LoadedFile, ReadOptions } from "../readOptions.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import { type Database, identifier } from "../duckdb/duckdb.ts";
import type { ReadColumn } from "./chooseFormats.ts";

/**
 * No notes on columns that `types` or `select` handles, nor on ids and dropped columns.
 * @param found `computed`: an example by column that `select` computes, if numbers would lose its digits
 */
export function formatNotes(
  files: readonly LoadedFile[],
  { read, computed }: { readonly read: readonly ReadColumn[]; readonly computed: ReadonlyMap<string, string> },
  options: ReadOptions,
): string[] {
  if (options.formats !== undefined) return [];
  const { free, handled } = quietColumns(options);
  const columns = read.filter(({ name }) => !handled.has(name.toLowerCase()));
  const codes = Array.from(computed, ([name, code]) => ({ name, example: `"${code}"` }));
  const coded = [...withFact(columns, "code"), ...codes];
  return [
    ...readNotes(columns, files, options),
    ...guessedNotes(columns),
    ...differentNotes(columns),
    // "number" and "date" do not say which of two readings is meant.
    ...undecidedNotes(read.filter(({ name }) => !free.has(name.toLowerCase()))),
    ...markerNotes(columns, files),
    ...mixedNotes(columns, options),
    ...noteOn(withFact(columns, "raw"), (names) => {
      return `kept as text, because ingest.select or ingest.where reads it: ${names}`;
    }),
    ...offsetNotes(columns),
    ...zoneNotes(columns),
    ...noteOn(coded, (names) => {
      return `kept as text, because a number would not keep every digit: ${names}; for numbers, ${typesLine(coded, "number")}`;
    }),
  ];
}

interface Named {
  readonly name: string;
  readonly example?: string;
}

/** One note for all columns of a kind: `"price" ("1.234,50 €"), "share" ("5,9 %") and 3 more`. */
function noteOn<Column extends Named>(
  columns: readonly Column[],
  text: (names: string, first: Column) => string,
): string[] {
  const names = columns.map(({ name, example }) => (example === undefined ? `"${name}"` : `"${name}" (${example})`));
  return columns.slice(0, 1).map((first) => text(listed(names), first));
}

function typesLine(columns: readonly Named[], type: string): string {
  return configLine("types", columns, () => type);
}

/** The line of config.json that sets a key of `ingest` for columns. */
function configLine<Column extends Named>(
  key: string,
  columns: readonly Column[],
  valueOf: (column: Column) => string,
): string {
  const lines = columns.slice(0, MAX_LISTED).map((column) => {
    return `${JSON.stringify(column.name)}: ${JSON.stringify(valueOf(column))}`;
  });
  return `set "ingest.${key}": { ${lines.join(", ")} } in config.json`;
}

function isConverted(name: string, files: readonly LoadedFile[]): boolean {
  return files.some(({ columns }) => columns.some((column) => column.name === name && column.sql !== undefined));
}

function withFact(columns: readonly ReadColumn[], fact: "raw" | "offset" | "zone" | "code") {
  return columns.flatMap(({ name, facts }) => {
    const value = facts.find((each) => each[fact] !== undefined)?.[fact];
    return value === undefined ? [] : [{ name, value, example: `"${value}"` }];
  });
}

function readNotes(
  columns: readonly ReadColumn[],
  files: readonly LoadedFile[],
  { decimal, thousands }: ReadOptions,
): string[] {
  const isConfigured = decimal !== undefined || thousands !== undefined;
  return (["number", "date"] as const).flatMap((kind) => {
    const found = columns.flatMap(({ name, format: id, facts, choice }): Named[] => {
      const format = id === undefined ? undefined : valueFormat(id);
      if (format?.kind !== kind || choice !== undefined || !isConverted(name, files)) return [];
      const { example } = facts.find((each) => each.formats.includes(format.id) && each.example !== "") ?? {};
      const value = example === undefined ? undefined : format.parse(example);
      if (example === undefined || value === undefined) return [{ name }];
      // Plain numbers need no note.
      if (kind === "number" && Number(example) === value) return [];
      // Nor do the configured separators.
      if (kind === "number" && isConfigured && /^-?[\d.,' \u00a0\u2007\u2009\u202f\u2019]+$/u.test(example)) return [];
      const shown = kind === "number" ? String(value) : dayOf(value);
      return [{ name, example: `"${example}" is ${shown}` }];
    });
    return noteOn(found, (names) => `read as ${kind}s: ${names}; to keep the text, ${typesLine(found, "category")}`);
  });
}

function dayOf(time: number): string {
  return new Date(time).toISOString().replace(/T00:00:00\.000Z$/, "");
}

function guessedNotes(columns: readonly ReadColumn[]): string[] {
  const found = columns.flatMap(({ name, choice, facts, format }) => {
    const separators = facts.find((each) => each.separators !== undefined)?.separators;
    if (choice !== "guessed" || separators === undefined || format === undefined) return [];
    const value = valueFormat(format)!.parse(separators.example);
    return [{ name, example: `"${separators.example}" is ${value}`, decimal: separators.character }];
  });
  return noteOn(found, (names, { decimal }) => {
    const set = `set "ingest.decimal": "${decimal ?? ","}" in config.json, else "ingest.thousands": "${decimal ?? ","}"`;
    return `read with a thousands separator: ${names}; if it is the decimal separator, ${set}`;
  });
}

function differentNotes(columns: readonly ReadColumn[]): string[] {
  const found = columns.flatMap(({ name, choice, facts, isPlainElsewhere }) => {
    if (choice !== "different") return [];
    const examples = facts.map(({ example }) => `"${example}"`);
    return [{ name, example: [...examples, ...(isPlainElsewhere ? ["plain numbers"] : [])].join(", ") }];
  });
  const but = "each file was read in its way, but rows to predict must be written as in the last file";
  return noteOn(found, (names) => `written differently in different files: ${names}; ${but}`);
}

function undecidedNotes(columns: readonly ReadColumn[]): string[] {
  const undecided = columns.filter(({ choice }) => choice === "undecided");
  const numbers = undecided.flatMap(({ name, facts }) => {
    const example = facts.find((each) => each.separators !== undefined)?.separators?.example;
    if (example === undefined) return [];
    const [point, comma] = facts[0]!.formats.map((id) => valueFormat(id)!.parse(example));
    return [{ name, example: `"${example}" is ${point} or ${comma}` }];
  });
  const dates = undecided.flatMap(({ name, facts }) => {
    const ids = facts[0]!.formats.filter((id) => valueFormat(id)?.kind === "date");
    const { example } = facts[0]!;
    const readings = ids.map((id) => dayOf(valueFormat(id)!.parse(example) as number));
    return ids.length === 0 ? [] : [{ name, example: `"${example}" is ${readings.join(" or ")}`, ids }];
  });
  const set = 'set "ingest.decimal": "." or "ingest.decimal": "," in config.json';
  const why = "kept as text, because comma or point may separate decimals or thousands";
  return [
    ...noteOn(numbers, (names) => `${why}: ${names}; ${set}`),
    ...noteOn(dates, (names) => {
      const types = configLine("types", dates, ({ ids }) => ids[0]!);
      const others = [...new Set(dates.map(({ ids }) => JSON.stringify(ids[1])))].join(", ");
      return `kept as text, because day or month can come first: ${names}; ${types}, or with the month first ${others}`;
    }),
  ];
}

function markerNotes(columns: readonly ReadColumn[], files: readonly LoadedFile[]): string[] {
  const found = columns.flatMap(({ name, facts }) => {
    const markers = [...new Set(facts.flatMap((each) => each.markers))];
    if (markers.length === 0 || !isConverted(name, files)) return [];
    return [{ name, example: markers.map((marker) => `"${marker}"`).join(", ") }];
  });
  const keep = `to keep it, ${typesLine(found, "category")}`;
  return noteOn(found, (names) => `read as missing in columns of numbers or dates: ${names}; ${keep}`);
}

function mixedNotes(columns: readonly ReadColumn[], options: ReadOptions): string[] {
  return (["number", "date"] as const).flatMap((kind) => {
    const found = columns.flatMap(({ name, facts }) => {
      const mixed = facts.find((each) => each.mixed?.kind === kind)?.mixed;
      const [quoted, cells] = [mixed?.words.map((word) => `"${word}"`).join(", "), counted(mixed?.count ?? 0, "cell")];
      const lead = mixed?.isFew === true ? `${cells}: ` : kind === "date" ? `${cells}, such as ` : "";
      return mixed === undefined ? [] : [{ ...mixed, name, example: `${lead}${quoted}` }];
    });
    const because = `kept as text, because not all values are ${kind}s: `;
    // 0.355 among 49.9 % is no missing value.
    const missing = found.filter(({ isFew, words: [word] }) => isFew || !/\d/.test(word!));
    const values = found.filter((each) => !missing.includes(each));
    const words = missing.slice(0, MAX_LISTED).flatMap((each) => each.words);
    const cure = `correct them, or, to treat them as missing, ${missingLine(options, words)}`;
    return [
      ...noteOn(missing, (names) => `${because}${names}; ${cure}`),
      ...noteOn(values, (names) => `${because}${names}; correct them, or compute the column in "ingest.select"`),
    ];
  });
}

/** The hour of the place, which may matter more, is lost. */
function offsetNotes(columns: readonly ReadColumn[]): string[] {
  const found = withFact(columns, "offset").flatMap(({ name, value }) => {
    const time = parseDate(value);
    return time === undefined ? [] : [{ name, example: `"${value}" is ${new Date(time).toISOString()}` }];
  });
  return noteOn(found, (names, { name }) => {
    const select = JSON.stringify({ [name]: `CAST(left(${identifier(name)}, 19) AS TIMESTAMP)` });
    const set = `set "ingest": { "types": ${JSON.stringify({ [name]: "category" })}, "select": ${select} } in config.json`;
    return `times with an offset are read in UTC: ${names}; to keep the time of the place, ${set}`;
  });
}

function zoneNotes(columns: readonly ReadColumn[]): string[] {
  const found = withFact(columns, "zone");
  const set = configLine("select", found, ({ name }) => `CAST(${identifier(name)} AS TIMESTAMPTZ)`);
  return noteOn(found, (names) => {
    return `kept as text, because of the name of a time zone: ${names}; for times in UTC, ${set}`;
  });
}

/** Notes on dates in the table `result` that hardly anyone means: the day read as the year, or 9999 for "never". */
export async function dateNotes(database: Database, options: ReadOptions): Promise<string[]> {
  const { handled } = quietColumns(options);
  const columns = (await database.describe("SELECT * FROM result")).filter(
    ({ name, type }) => kindOf(type) === "date" && !handled.has(name.toLowerCase()),
  );
  if (options.formats !== undefined || columns.length === 0) return [];
  const items = columns.map(({ name }) => {
    const column = identifier(name);
    const odd = `FILTER (${column} < DATE '1000-01-01' OR ${column} >= DATE '2200-01-01')`;
    return `max(${column}) < DATE '0100-01-01', count(*) ${odd}, CAST(min(${column}) ${odd} AS VARCHAR)`;
  });
  const [row] = await database.rows(`SELECT ${items.join(", ")} FROM result`);
  const found = columns.flatMap(({ name }, i) => {
    const [isEarly, count, first] = row!.slice(3 * i, 3 * i + 3);
    const rows = isEarly === true ? "" : `${counted(Number(count), "row")}, such as `;
    return Number(count) === 0 ? [] : [{ name, example: `${rows}"${String(first)}"`, isEarly }];
  });
  const early = found.filter(({ isEarly }) => isEarly === true);
  const odd = found.filter(({ isEarly }) => isEarly !== true);
  return [
    ...noteOn(early, (names) => {
      return `read as dates in the first century: ${names}; if the files use two-digit years, ${typesLine(early, "%d-%m-%y")}, with day, month and year in the order of the files`;
    }),
    ...noteOn(odd, (names) => {
      return `dates before the year 1000 or after 2199: ${names}; correct them, or, if they stand for missing dates, add them as the files write them to "ingest.null_values"; to keep them, ${typesLine(odd, "date")}`;
    }),
  ];
}

/** In lower case: columns whose kind nobody has to guess, `free`, and those that `types` names, too. */
function quietColumns({ types = {}, select = {}, textColumns = [] }: ReadOptions) {
  const free = new Set([...textColumns, ...Object.keys(select)].map((name) => name.toLowerCase()));
  return { free, handled: new Set([...free, ...Object.keys(types).map((name) => name.toLowerCase())]) };
}
