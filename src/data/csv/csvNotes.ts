/** Notes on what the reading of CSV guessed, left out or changed: one per kind, with the first place. */
import { counted } from "../../core/text/format.ts";
import type { CellPlace, CsvFlaws } from "./csvGrammar.ts";
import type { FoundEncoding } from "./utf8Chunks.ts";

/** A CSV file or stream that was read. */
export interface CsvReading {
  /** As notes call it: a path, or "stdin". */
  readonly name: string;
  /** As in the header. */
  readonly names: readonly string[];
  /** As in the table. */
  readonly columns: readonly string[];
  readonly encoding: FoundEncoding | undefined;
  readonly flaws: CsvFlaws;
  /** Columns of categories, in which blanks matter; without them, trimmed cells are not noted. */
  readonly categories?: ReadonlySet<string>;
}

export function csvNotes(readings: readonly CsvReading[]): string[] {
  const notes = [encodingNote, namelessNote, afterQuoteNote, repeatedHeaderNote, trimmedNote];
  return notes.flatMap((note) => note(readings));
}

function encodingNote(readings: readonly CsvReading[]): string[] {
  const guessed = readings.flatMap(({ name, encoding }) =>
    encoding?.guess === undefined ? [] : [{ name, found: encoding.name, ...encoding.guess }],
  );
  const [first, ...others] = guessed;
  if (first === undefined) return [];
  const { name, found, line, word } = first;
  return [
    `${name} is not UTF-8 and was read as ${found}${also(others.length, "file")}: line ${line} has "${word}"; if that is right, set "ingest": {"encoding": "${found}"}, else the right encoding`,
  ];
}

/** Of the readings with this flaw: the first, and how often all of them have it. */
function withFlaw(readings: readonly CsvReading[], flaw: "afterQuote" | "repeatedHeader") {
  const found = readings.filter(({ flaws }) => flaws[flaw] !== undefined);
  return { first: found[0], count: found.reduce((sum, { flaws }) => sum + flaws[flaw]!.count, 0) };
}

function namelessNote(readings: readonly CsvReading[]): string[] {
  const nameless = readings.flatMap(({ name, names, columns }) =>
    names.flatMap((given, i) => (given === "" ? [{ name, position: i + 1, column: columns[i]! }] : [])),
  );
  const [first] = nameless;
  if (first === undefined) return [];
  const more = also(new Set(nameless.map(({ column }) => column)).size - 1, "column");
  return [`column ${first.position} of ${first.name} has no name${more}: it is called "${first.column}"`];
}

function afterQuoteNote(readings: readonly CsvReading[]): string[] {
  const { first, count } = withFlaw(readings, "afterQuote");
  if (first === undefined) return [];
  const cell = placeOf(first, first.flaws.afterQuote!.first);
  const cure = 'inside a quoted cell, a quote must be doubled ("")';
  return [`${cell}: text after a closing quote was kept${also(count - 1, "cell")}; ${cure}`];
}

function repeatedHeaderNote(readings: readonly CsvReading[]): string[] {
  const { first, count } = withFlaw(readings, "repeatedHeader");
  if (first === undefined) return [];
  const { line } = first.flaws.repeatedHeader!;
  return [`${first.name}, line ${line} repeats the header and was left out${also(count - 1, "line")}`];
}

function trimmedNote(readings: readonly CsvReading[]): string[] {
  const trimmed = readings.flatMap((reading) =>
    [...reading.flaws.trimmed].flatMap(([column, { count, first }]) =>
      reading.categories?.has(reading.columns[column]!) === true ? [{ reading, first, count }] : [],
    ),
  );
  const [one] = trimmed;
  if (one === undefined) return [];
  const count = trimmed.reduce((sum, each) => sum + each.count, 0);
  const cure = 'to keep them, set "ingest": {"trim": false}';
  return [`blanks were removed around ${counted(count, "value")}, first: ${placeOf(one.reading, one.first)}; ${cure}`];
}

/** E.g. `a.csv, line 3, column "b" ("x")`. */
function placeOf({ name, columns }: CsvReading, { line, column, text }: CellPlace): string {
  const header = columns[column] === undefined ? `value ${column + 1}` : `column "${columns[column]}"`;
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return `${name}, line ${line}, ${header} (${JSON.stringify(shown)})`;
}

/** E.g. " (and 3 other files)". */
function also(count: number, noun: string): string {
  return count === 0 ? "" : ` (and ${counted(count, `other ${noun}`)})`;
}
