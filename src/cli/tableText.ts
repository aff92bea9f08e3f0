/** A table as aligned lines that fit the width of the terminal. */
import type { Cell, ViewTable } from "../core/view.ts";
import { columnTexts } from "./cellText.ts";
import type { Colours } from "./colours.ts";
import { pad, printable, textWidth, truncate } from "./textWidth.ts";

const GAP = 2;

/** A text column is cut no further than this; a number never is. */
const NARROWEST = 8;

/** The other columns give way to the first, which names the row, until they are this narrow. */
const NARROW = 16;

interface TextColumn {
  readonly header: string;
  readonly align: "left" | "right";
  readonly texts: readonly string[];
  /** Digits may not be cut off: 123 is not 12…. */
  readonly fixed: boolean;
  readonly width: number;
}

/** Where even cut columns do not fit, every row becomes a block of its own. */
export function tableText(table: ViewTable, width: number, colours: Colours): string[] {
  const columns = fit(textColumns(table), width);
  if (columns === undefined) return blocks(textColumns(table), width, colours);
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align, width: columnWidth }, i) => pad(truncate(cells[i] ?? "", columnWidth), columnWidth, align))
      .join(" ".repeat(GAP))
      .trimEnd();
  const rows = table.rows.map((_, row) => line(columns.map(({ texts }) => texts[row]!)));
  return [colours.dim(line(columns.map(({ header }) => header))), ...rows];
}

function textColumns({ columns, rows }: ViewTable): TextColumn[] {
  return columns.map((column, i) => {
    const { header, align } = typeof column === "string" ? { header: column, align: undefined } : column;
    const cells = rows.map((row) => row[i] ?? null);
    const texts = columnTexts(cells);
    const isNumeric =
      cells.some((cell: Cell) => typeof cell === "number") && cells.every((cell) => typeof cell !== "string");
    return {
      header,
      align: align ?? (isNumeric ? "right" : "left"),
      texts,
      fixed: isNumeric,
      width: Math.max(textWidth(header), ...texts.map(textWidth)),
    };
  });
}

/** Takes from the widest text column until the line fits; undefined where that is not enough. */
function fit(columns: readonly TextColumn[], width: number): TextColumn[] | undefined {
  const widths = columns.map((column) => column.width);
  let excess = widths.reduce((sum, each) => sum + each + GAP, -GAP) - width;
  while (excess > 0) {
    const widest = (narrowest: number, from: number): number | undefined => {
      const loose = columns.flatMap(({ fixed }, i) => (!fixed && i >= from && widths[i]! > narrowest ? [i] : []));
      return loose.toSorted((a, b) => widths[b]! - widths[a]!)[0];
    };
    const taken = widest(NARROW, 1) ?? widest(NARROWEST, 0);
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
    const lines = columns.map(({ header, texts }) => {
      const label = colours.dim(pad(printable(header), labelWidth, "left"));
      return `${label}  ${truncate(texts[row]!, Math.max(NARROWEST, width - labelWidth - GAP))}`;
    });
    return row === 0 ? lines : ["", ...lines];
  }).flat();
}
