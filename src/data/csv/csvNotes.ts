/** Notes on what the reading of CSV guessed, left out or changed: one per kind, with the first place. */
import { counted, listed } from "../../core/text/format.ts";
import type { CellPlace, CsvFlaws } from "./csvGrammar.ts";
import type { CsvHead } from "./csvHead.ts";
import type { FoundEncoding } from "./utf8Chunks.ts";

export interface CsvReading {
  readonly name: string;
  readonly head: Pick<CsvHead, "names" | "rowAsHeader" | "inApostrophes" | "renamed" | "headerless" | "titleLines">;
  /** As in the table. */
  readonly columns: readonly string[];
  readonly flaws: CsvFlaws;
  /** Columns of categories, in which blanks matter; without them, trimmed cells are not noted. */
  readonly categories?: ReadonlySet<string>;
}

/** On files whose encoding was guessed. */
export function encodingNotes(
  files: readonly { readonly name: string; readonly encoding: FoundEncoding | undefined }[],
): string[] {
  const guessed = files.flatMap(({ name, encoding }) =>
    encoding?.guess === undefined ? [] : [{ name, found: encoding.name, ...encoding.guess }],
  );
  return noteOn(guessed, ({ name, found, line, word }) => {
    const set = `if that is right, set "ingest": {"encoding": "${found}"}, else the right encoding`;
    return `${name} is not UTF-8 and was read as ${found}${also(guessed.length, "file")}: line ${line} has "${word}"; ${set}`;
  });
}

export function csvNotes(readings: readonly CsvReading[]): string[] {
  const nameless = readings.flatMap(({ name, head, columns }) =>
    head.names.flatMap((given, i) => (given === "" ? [{ name, position: i + 1, column: columns[i]! }] : [])),
  );
  const suspect = readings.flatMap(({ name, head: { rowAsHeader: cells } }) =>
    cells === undefined ? [] : [{ name, cells }],
  );
  const quoted = readings.filter(({ head }) => head.inApostrophes >= 0);
  const renamed = readings.filter(({ head }) => head.renamed.length > 0);
  const headerless = readings.filter(({ head }) => head.headerless === "guessed");
  const titled = readings.filter(({ head }) => head.titleLines !== undefined);
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
    ...noteOn(titled, ({ name, head }) => {
      return `${counted(head.titleLines!, "line")} above the header of ${name} ${head.titleLines === 1 ? "looks like a title and was" : "look like titles and were"} left out`;
    }),
    ...noteOn(nameless, ({ name, position, column }) => {
      return `column ${position} of ${name} has no name${also(namelessCount, "column")}: it is called "${column}"`;
    }),
    ...noteOn(suspect, ({ name, cells }) => {
      const shown = listed(cells.map((cell) => JSON.stringify(cell)));
      const names = cells.slice(0, 3).map((_, i) => `"name${i + 1}"`);
      return `the first line of ${name} was read as the names of columns, but looks like a row (${shown})${also(suspect.length, "file")}: if it is one, set "ingest": {"names": [${names.join(", ")}${cells.length > 3 ? ", …" : ""}]}`;
    }),
    ...noteOn(quoted, ({ name, columns, head }) => {
      return `the cells of "${columns[head.inApostrophes]}" in ${name} begin and end with '${also(quoted.length, "file")}: if these are quotes, set "ingest": {"quote": "'"}`;
    }),
    ...noteOn(renamed, ({ name, head }) => {
      return `${name} has columns of equal names${also(renamed.length, "file")}: these are called ${listed(head.renamed)}`;
    }),
    ...noteOn(headerless, ({ name, columns }) => {
      return `${name} has no line with the names of its columns${also(headerless.length, "file")}: they are called ${listed(columns)}`;
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
