/** Notes on what the reading of CSV guessed, left out or changed: one per kind, with the first place. */
import { counted } from "../../core/text/format.ts";
import type { CellPlace, CsvFlaws } from "./csvGrammar.ts";
import type { FoundEncoding } from "./utf8Chunks.ts";

export interface CsvReading {
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

/** A name such as 2024 is a year. */
const isNumber = (name: string): boolean => /^-?\d+(\.\d+)?$/.test(name) && !/^(19|20)\d\d$/.test(name);

export function csvNotes(readings: readonly CsvReading[]): string[] {
  const guessed = readings.flatMap(({ name, encoding }) =>
    encoding?.guess === undefined ? [] : [{ name, found: encoding.name, ...encoding.guess }],
  );
  const nameless = readings.flatMap(({ name, names, columns }) =>
    names.flatMap((given, i) => (given === "" ? [{ name, position: i + 1, column: columns[i]! }] : [])),
  );
  // Years may be the names of columns.
  const numbered = readings.filter(({ names }) => names.filter(isNumber).length > names.length / 2);
  const namelessCount = new Set(nameless.map(({ column }) => column)).size;
  const loose = readings.flatMap((reading) => {
    const { afterQuote } = reading.flaws;
    return afterQuote === undefined ? [] : [{ count: afterQuote.count, cell: placeOf(reading, afterQuote.first) }];
  });
  const repeated = readings.flatMap(({ name, flaws: { repeatedHeader: found } }) =>
    found === undefined ? [] : [{ name, ...found }],
  );
  const trimmed = readings.flatMap((reading) =>
    [...reading.flaws.trimmed].flatMap(([column, { count, first }]) =>
      reading.categories?.has(reading.columns[column]!) === true ? [{ count, cell: placeOf(reading, first) }] : [],
    ),
  );
  return [
    ...noteOn(guessed, ({ name, found, line, word }) => {
      const set = `if that is right, set "ingest": {"encoding": "${found}"}, else the right encoding`;
      return `${name} is not UTF-8 and was read as ${found}${also(guessed.length, "file")}: line ${line} has "${word}"; ${set}`;
    }),
    ...noteOn(nameless, ({ name, position, column }) => {
      return `column ${position} of ${name} has no name${also(namelessCount, "column")}: it is called "${column}"`;
    }),
    ...noteOn(numbered, ({ name, names }) => {
      const first = `"${names.find(isNumber)}"`;
      return `the first line of ${name} was read as the names of columns, but has numbers such as ${first}${also(numbered.length, "file")}: if it is a row, write a line of names above it`;
    }),
    ...noteOn(loose, ({ cell }) => {
      const cure = 'inside a quoted cell, a quote must be doubled ("")';
      return `${cell}: text after a closing quote was kept${also(total(loose), "cell")}; ${cure}`;
    }),
    ...noteOn(repeated, ({ name, line }) => {
      return `${name}, line ${line} repeats the header and was left out${also(total(repeated), "line")}`;
    }),
    ...noteOn(trimmed, ({ cell }) => {
      const cure = 'to keep them, set "ingest": {"trim": false}';
      return `blanks were removed around ${counted(total(trimmed), "value")}, first: ${cell}; ${cure}`;
    }),
  ];
}

function noteOn<Found>(found: readonly Found[], note: (first: Found) => string): string[] {
  return found.slice(0, 1).map(note);
}

function total(found: readonly { readonly count: number }[]): number {
  return found.reduce((sum, { count }) => sum + count, 0);
}

/** E.g. `a.csv, line 3, column "b" ("x")`. */
function placeOf({ name, columns }: CsvReading, { line, column, text }: CellPlace): string {
  const header = columns[column] === undefined ? `value ${column + 1}` : `column "${columns[column]}"`;
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return `${name}, line ${line}, ${header} (${JSON.stringify(shown)})`;
}

function also(count: number, noun: string): string {
  return count === 1 ? "" : ` (and ${counted(count - 1, `other ${noun}`)})`;
}
