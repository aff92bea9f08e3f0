/** Formats a table as aligned lines that fit the width of the terminal. */
import type { Cell, ViewColumn, ViewTable } from "../core/view.ts";
import { columnTexts } from "./listingText.ts";
import { pad, printable, textWidth, truncate, wrap, type Colours } from "./textWidth.ts";

const GAP = 2;

const NARROWEST = 8;

/** Minimum width of the other text columns before the first one, which names the row, is cut. */
const NARROW = 16;

/** A column of timestamps is cut to the minute, then to the day, and no further. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z?$/;
const TO_THE_MINUTE = "2026-11-21T19:07".length;
const TO_THE_DAY = "2026-11-21".length;

/** Ids are copied into the next command, so they are never cut. */
const ID = /^[0-9a-f]{12}$/;

interface TextColumn {
  readonly header: string;
  readonly align: "left" | "right";
  readonly texts: readonly string[];
  /** Fixed are numbers and ids, which are never cut: 123 is not 12…. */
  readonly kind: "fixed" | "stamp" | "text";
  readonly overflow: "cut" | "wrap" | "whole";
  readonly leaveOut: number | undefined;
  readonly width: number;
}

/** If columns do not fit cut, optional ones are left out and named below; else every row becomes a block. */
export function tableText(table: ViewTable, width: number, colours: Colours): string[] {
  const all = textColumns(table);
  const columns = fit(all, width);
  if (columns === undefined) return blocks(all, width, colours);
  const line = (cells: readonly string[]): string => {
    const padded = columns.map(({ align, width: columnWidth }, i) => {
      const text = cells[i] ?? "";
      const spaces = i === columns.length - 1 && align === "left" ? "" : pad("", columnWidth - textWidth(text), "left");
      return align === "left" ? `${verdict(text, colours)}${spaces}` : `${spaces}${text}`;
    });
    return padded.join(" ".repeat(GAP)).trimEnd();
  };
  const rows = table.rows.flatMap((_, row) => {
    const cells = columns.map((column) => fitted(column, column.texts[row]!, column.width));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (__, i) => line(cells.map((lines) => lines[i] ?? "")));
  });
  const shown = new Set(columns.map(({ header }) => header));
  const leftOut = all.filter(({ header }) => !shown.has(header)).map(({ header }) => header);
  const head = line(columns.map(({ header, width: columnWidth }) => truncate(header, columnWidth)));
  const foot = leftOut.length === 0 ? [] : wrap(`(hidden columns: ${leftOut.join(", ")})`, width);
  return [colours.dim(head), ...rows, ...foot.map((text) => colours.dim(text))];
}

/** A cell that is one of these words and nothing else. The word says it too: colour is never alone. */
const verdictColours: Readonly<Record<string, "green" | "yellow" | "red">> = {
  ...Object.fromEntries(["pass", "passed", "ok", "done", "sent"].map((word) => [word, "green"] as const)),
  ...Object.fromEntries(["warn", "overdue", "too few rows", "not trusted"].map((word) => [word, "yellow"] as const)),
  ...Object.fromEntries(["fail", "failed", "timed out", "killed", "errored"].map((word) => [word, "red"] as const)),
};

function verdict(text: string, colours: Colours): string {
  const name = verdictColours[text];
  return name === undefined ? text : colours[name](text);
}

function fitted({ overflow }: TextColumn, text: string, width: number): string[] {
  if (overflow === "whole") return [text];
  if (overflow === "wrap") return wrap(text, width);
  if (!isStamp(text) || width >= text.length || width < TO_THE_DAY) return [truncate(text, width)];
  return [text.slice(0, width >= TO_THE_MINUTE ? TO_THE_MINUTE : TO_THE_DAY)];
}

function textColumns({ columns, rows }: ViewTable): TextColumn[] {
  return columns.map((column, i) => {
    const { header, align, overflow, leaveOut }: ViewColumn = typeof column === "string" ? { header: column } : column;
    const cells = rows.map((row) => row[i] ?? null);
    const texts = columnTexts(cells);
    const isNumeric =
      cells.some((cell: Cell) => typeof cell === "number") && cells.every((cell) => typeof cell !== "string");
    return {
      header,
      align: align ?? (isNumeric ? "right" : "left"),
      texts,
      kind: isNumeric || texts.some((text) => ID.test(text)) ? "fixed" : texts.some(isStamp) ? "stamp" : "text",
      overflow: overflow ?? "cut",
      leaveOut,
      width: Math.max(textWidth(header), ...texts.map(textWidth)),
    };
  });
}

function isStamp(text: string): boolean {
  return STAMP.test(text);
}

function fit(columns: readonly TextColumn[], width: number): TextColumn[] | undefined {
  // No column follows, so the last one may overflow: the terminal breaks the line, and copying it gives the whole text.
  if (columns.at(-1)?.overflow === "whole")
    return [...(fit(columns.slice(0, -1), width) ?? columns.slice(0, -1)), columns.at(-1)!];
  let kept = columns;
  for (;;) {
    const fitting = squeezed(kept, width, stages.slice(0, -1));
    if (fitting !== undefined) return fitting;
    const next = kept.filter(({ leaveOut }) => leaveOut !== undefined).toSorted((a, b) => a.leaveOut! - b.leaveOut!)[0];
    if (next === undefined) return squeezed(kept, width, stages);
    kept = kept.filter((column) => column !== next);
  }
}

/** How wide a column must stay, stage by stage. The first column names the row, so that it is cut last. */
const stages = [
  { stamp: Infinity, first: Infinity, text: Infinity },
  { stamp: TO_THE_MINUTE, first: Infinity, text: NARROW },
  { stamp: TO_THE_DAY, first: Infinity, text: NARROW },
  { stamp: TO_THE_DAY, first: NARROWEST, text: NARROWEST },
];

/** Cuts timestamps, and narrows the widest text column until the line fits; undefined if it cannot. */
function squeezed(columns: readonly TextColumn[], width: number, allowed: typeof stages): TextColumn[] | undefined {
  for (const { stamp, first, text } of allowed) {
    const widths = columns.map((column) => (column.kind === "stamp" ? Math.min(column.width, stamp) : column.width));
    const least = columns.map(({ kind }, i) => (kind !== "text" ? Infinity : i === 0 ? first : text));
    let excess = widths.reduce((sum, each) => sum + each + GAP, -GAP) - width;
    for (; excess > 0; excess--) {
      const cuttable = [...widths.keys()].filter((i) => widths[i]! > least[i]!);
      if (cuttable.length === 0) break;
      const widest = cuttable.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
      widths[widest]!--;
    }
    if (excess <= 0) return columns.map((column, i) => Object.assign({}, column, { width: widths[i]! }));
  }
  return undefined;
}

function blocks(columns: readonly TextColumn[], width: number, colours: Colours): string[] {
  const labelWidth = Math.max(...columns.map(({ header }) => textWidth(header)));
  const rowCount = columns[0]?.texts.length ?? 0;
  return Array.from({ length: rowCount }, (_, row) => {
    const lines = columns.flatMap((column) => {
      const texts = fitted(column, column.texts[row]!, Math.max(NARROWEST, width - labelWidth - GAP));
      return texts.map((text, i) => {
        return `${colours.dim(pad(i === 0 ? printable(column.header) : "", labelWidth, "left"))}  ${verdict(text, colours)}`;
      });
    });
    return row === 0 ? lines : ["", ...lines];
  }).flat();
}
