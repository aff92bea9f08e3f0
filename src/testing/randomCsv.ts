/** Small random CSV files, many of them odd. */
import { random } from "../core/random.ts";
import type { CsvSettings } from "../data/readOptions.ts";

export interface OddCsv {
  readonly bytes: Buffer;
  readonly settings: CsvSettings;
  /** Bytes at a time in the stream. */
  readonly chunk: number;
}

const names = ["a", "b", "id", " c", "d ", '"e"', '"f g"', "größe", "Total", '" h"'];
const words = ["x", "red", "light blue", "ø", "€5", "n/a", "O'Brien", "_", "a-b", "日本", "'q'"];
const numbers = ["1", "-2.5", "0", "1e5", "300", "12.50"];
const quoted = [
  '"x"',
  '"a,b"',
  '"say ""hi"""',
  '" x "',
  '""',
  '"1"',
  '"l\nb"',
  '"l\r\nb"',
  '"l\rb"',
  '"a;b"',
  '"ø"',
  '"""q"""',
];
const oddCells = [
  '5" pipe',
  ' "x"',
  '"x" ',
  '"x"y',
  '"x" y',
  '"x" "y"',
  'x"y"',
  " x",
  "y ",
  "\tz",
  " ",
  '"',
  "x\u00a0",
  "\ufeff",
  '\ufeff"x"',
  "a\ufeffb",
];
const soup = [
  ",",
  ",",
  ",",
  '"',
  '"',
  "\n",
  "\n",
  "\r",
  "\r\n",
  " ",
  "\t",
  "a",
  "1",
  ";",
  "|",
  "\ufeff",
  "é",
  "x y",
  "''",
];

/** The same seed gives the same files. */
export function oddCsvs(seed: number): () => OddCsv {
  const { uniform } = random(seed);
  const chance = (share: number): boolean => uniform() < share;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!;
  const times = (most: number): number => Math.floor(uniform() * (most + 1));

  const table = (): string => {
    const delimiter = chance(0.75) ? "," : pick([";", "\t", "|"]);
    const width = 1 + times(3);
    const oddity = pick([0, 0, 0, 0.05, 0.4]);
    const quoting = pick([0, 0, 0.2, 0.8]);
    const kinds = Array.from({ length: width }, () => pick([words, numbers]));
    const cell = (kind: readonly string[]): string =>
      chance(oddity) ? pick(oddCells) : chance(0.1) ? "" : chance(quoting) ? pick(quoted) : pick(kind);
    const end = pick(["\n", "\n", "\r\n", "\r"]);
    const lineEnd = (): string => (chance(oddity / 4) ? pick(["\n", "\r\n", "\r"]) : end);
    const chosen = Array.from({ length: width }, (_, i) =>
      chance(0.05) ? "" : chance(0.02) ? "a" : names[(i * 3 + times(2)) % 10]!,
    );
    const header = chosen.join(delimiter);
    const lines = Array.from({ length: times(7) }, () => {
      if (chance(oddity / 8)) return pick(["", "", "  ", header, `\ufeff${header}`, `${header} `]);
      const cells = kinds.map(cell);
      if (chance(oddity / 10)) cells.push(pick(words));
      if (chance(oddity / 10)) cells.pop();
      return cells.join(delimiter);
    });
    const title = chance(0.02) ? pick([`sep=${delimiter}`, "", "A title"]) : undefined;
    const text = [...(title === undefined ? [] : [title]), header, ...lines].map((line) => line + lineEnd()).join("");
    return chance(0.3) ? text.replace(/(\r\n|\n|\r)$/, "") : text;
  };
  const settings = (): CsvSettings => {
    if (chance(0.8)) return {};
    return pick<CsvSettings>([
      { trim: false },
      { delimiter: ";" },
      { quote: "'" },
      { quote: "" },
      { skipLines: 1 },
      { encoding: "latin1" },
    ]);
  };
  return () => {
    const text = chance(0.25) ? Array.from({ length: 1 + times(25) }, () => pick(soup)).join("") : table();
    const bytes = chance(0.85) ? Buffer.from(text) : encoded(text, pick(["utf8bom", "utf16le", "utf16be", "latin1"]));
    return { bytes, settings: settings(), chunk: pick([1, 2, 3, 7, 100_000]) };
  };
}

function encoded(text: string, encoding: string): Buffer {
  if (encoding === "latin1") return Buffer.from(text.replaceAll("€", "\u0080"), "latin1");
  const marked = `\ufeff${text}`;
  if (encoding === "utf8bom") return Buffer.from(marked);
  const little = Buffer.from(marked, "utf16le");
  return encoding === "utf16le" ? little : little.swap16();
}
