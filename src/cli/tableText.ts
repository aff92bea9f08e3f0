/** A table as aligned lines that fit the width of the terminal. */
import type { Cell, ViewColumn, ViewTable } from "../core/view.ts";
import { columnTexts } from "./cellText.ts";
import type { Colours } from "./colours.ts";
import { pad, printable, textWidth, truncate } from "./textWidth.ts";
import { wrap } from "./wrap.ts";

const GAP = 2;

/** A text column is cut no further than this; a number never is. */
const NARROWEST = 8;

/** The other columns give way to the first, which names the row, until they are this narrow. */
const NARROW = 16;

/** A column of these is cut to the minute, at last to the day, and no further: the start of a date tells nothing. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z?$/;
const TO_THE_MINUTE = "2026-11-21T19:07".length;
const TO_THE_DAY = "2026-11-21".length;

/** An id is copied from the table into the next command: it stays whole. */
const ID = /^[0-9a-f]{12}$/;

interface TextColumn {
  readonly header: string;
  readonly align: "left" | "right";
  readonly texts: readonly string[];
  /** Digits may not be cut off: 123 is not 12…. */
  readonly fixed: boolean;
  readonly overflow: "cut" | "wrap" | "whole";
  /** It is cut no further than this, and than that before a row becomes a block. */
  readonly narrowest: readonly [number, number];
  readonly width: number;
}

/** Where even cut columns do not fit, every row becomes a block of its own. */
export function tableText(table: ViewTable, width: number, colours: Colours): string[] {
  const columns = fit(textColumns(table), width);
  if (columns === undefined) return blocks(textColumns(table), width, colours);
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align, width: columnWidth }, i) => pad(cells[i] ?? "", columnWidth, align))
      .join(" ".repeat(GAP))
      .trimEnd();
  const rows = table.rows.flatMap((_, row) => {
    const cells = columns.map((column) => fitted(column, column.texts[row]!, column.width));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (__, i) => line(cells.map((lines) => lines[i] ?? "")));
  });
  return [colours.dim(line(columns.map(({ header, width: columnWidth }) => truncate(header, columnWidth)))), ...rows];
}

/** A text as the lines of its cell. */
function fitted({ overflow }: TextColumn, text: string, width: number): string[] {
  if (overflow === "whole") return [text];
  if (overflow === "wrap") return wrap(text, width);
  if (!STAMP.test(text) || width >= text.length || width < TO_THE_DAY) return [truncate(text, width)];
  return [text.slice(0, width >= TO_THE_MINUTE ? TO_THE_MINUTE : TO_THE_DAY)];
}

function textColumns({ columns, rows }: ViewTable): TextColumn[] {
  return columns.map((column, i) => {
    const { header, align, overflow }: ViewColumn = typeof column === "string" ? { header: column } : column;
    const cells = rows.map((row) => row[i] ?? null);
    const texts = columnTexts(cells);
    const isNumeric =
      cells.some((cell: Cell) => typeof cell === "number") && cells.every((cell) => typeof cell !== "string");
    return {
      header,
      align: align ?? (isNumeric ? "right" : "left"),
      texts,
      fixed: isNumeric,
      overflow: overflow ?? "cut",
      narrowest: narrowestOf(texts),
      width: Math.max(textWidth(header), ...texts.map(textWidth)),
    };
  });
}

function narrowestOf(texts: readonly string[]): readonly [number, number] {
  const width = Math.max(...texts.map(textWidth));
  if (texts.some((text) => ID.test(text))) return [width, width];
  return texts.some((text) => STAMP.test(text)) ? [TO_THE_MINUTE, TO_THE_DAY] : [NARROWEST, NARROWEST];
}

/** Takes from the widest text column until the line fits; undefined where that is not enough. */
function fit(columns: readonly TextColumn[], width: number): TextColumn[] | undefined {
  // Nothing stands behind it that could be pushed out of line; the terminal breaks it, and a copy is whole.
  if (columns.at(-1)?.overflow === "whole")
    return [...(fit(columns.slice(0, -1), width) ?? columns.slice(0, -1)), columns.at(-1)!];
  const widths = columns.map((column) => column.width);
  let excess = widths.reduce((sum, each) => sum + each + GAP, -GAP) - width;
  while (excess > 0) {
    const widest = (narrowest: number, from: number, last: 0 | 1 = 0): number | undefined => {
      const loose = columns.flatMap((column, i) =>
        !column.fixed && i >= from && widths[i]! > Math.max(narrowest, column.narrowest[last]) ? [i] : [],
      );
      return loose.toSorted((a, b) => widths[b]! - widths[a]!)[0];
    };
    const taken = widest(NARROW, 1) ?? widest(NARROWEST, 0) ?? widest(NARROWEST, 0, 1);
    if (taken === undefined) return undefined;
    widths[taken]!--;
    excess--;
  }
  return columns.map((column, i) => Object.assign({}, column, { width: widths[i]! }));
}

function blocks(columns: readonly TextColumn[], width: number, colours: Colours): string[] {
  const labelWidth = Math.max(...columns.map(({ header }) => textWidth(header)));
  const rowCount = columns[0]?.texts.length ?? 0;
  return Array.from({ length: rowCount }, (_, row) => {
    const lines = columns.flatMap((column) => {
      const texts = fitted(column, column.texts[row]!, Math.max(NARROWEST, width - labelWidth - GAP));
      return texts.map((text, i) => {
        return `${colours.dim(pad(i === 0 ? printable(column.header) : "", labelWidth, "left"))}  ${text}`;
      });
    });
    return row === 0 ? lines : ["", ...lines];
  }).flat();
}
