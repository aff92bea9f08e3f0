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
  /** Numbers must not be cut: 123 is not 12…. */
  readonly fixed: boolean;
  readonly overflow: "cut" | "wrap" | "whole";
  readonly limits: readonly [number, number, number];
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
  if (!STAMP.test(text) || width >= text.length || width < TO_THE_DAY) return [truncate(text, width)];
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
      fixed: isNumeric,
      overflow: overflow ?? "cut",
      limits: limitsOf(texts, i === 0),
      leaveOut,
      width: Math.max(textWidth(header), ...texts.map(textWidth)),
    };
  });
}

function limitsOf(texts: readonly string[], isFirst: boolean): TextColumn["limits"] {
  if (texts.some((text) => ID.test(text))) return [Infinity, Infinity, Infinity];
  if (texts.some((text) => STAMP.test(text))) return [TO_THE_MINUTE, TO_THE_DAY, TO_THE_DAY];
  return isFirst ? [Infinity, Infinity, NARROWEST] : [NARROW, NARROW, NARROWEST];
}

function fit(columns: readonly TextColumn[], width: number): TextColumn[] | undefined {
  // No column follows, so the last one may overflow: the terminal breaks the line, and copying it gives the whole text.
  if (columns.at(-1)?.overflow === "whole")
    return [...(fit(columns.slice(0, -1), width) ?? columns.slice(0, -1)), columns.at(-1)!];
  let kept = columns;
  for (;;) {
    const fitting = squeezed(kept, width, 1);
    if (fitting !== undefined) return fitting;
    const next = kept.filter(({ leaveOut }) => leaveOut !== undefined).toSorted((a, b) => a.leaveOut! - b.leaveOut!)[0];
    if (next === undefined) return squeezed(kept, width, 2);
    kept = kept.filter((column) => column !== next);
  }
}

/** Narrows the widest text column, stage by stage, until the line fits; undefined if it cannot. */
function squeezed(columns: readonly TextColumn[], width: number, last: 1 | 2): TextColumn[] | undefined {
  const widths = columns.map((column) => column.width);
  let excess = widths.reduce((sum, each) => sum + each + GAP, -GAP) - width;
  for (let stage = 0; stage <= last; stage++) {
    while (excess > 0) {
      const cuttable = columns.flatMap(({ fixed, limits }, i) => (!fixed && widths[i]! > limits[stage]! ? [i] : []));
      if (cuttable.length === 0) break;
      widths[cuttable.toSorted((a, b) => widths[b]! - widths[a]!)[0]!]!--;
      excess--;
    }
  }
  if (excess > 0) return undefined;
  giveBack(columns, widths);
  return columns.map((column, i) => Object.assign({}, column, { width: widths[i]! }));
}

/** A day needs only ten characters: gives unused width of timestamp columns to the text column that was cut most. */
function giveBack(columns: readonly TextColumn[], widths: number[]): void {
  const lacking = columns.map(({ width }, i) => width - widths[i]!);
  const days = columns.flatMap(({ limits }, i) => (limits[1] === TO_THE_DAY && widths[i]! < TO_THE_MINUTE ? [i] : []));
  for (const i of days) {
    const texts = columns.flatMap(({ limits }, at) => (limits[1] !== TO_THE_DAY && lacking[at]! > 0 ? [at] : []));
    const most = texts.toSorted((a, b) => lacking[b]! - lacking[a]!)[0];
    if (most === undefined) return;
    const given = Math.min(widths[i]! - TO_THE_DAY, lacking[most]!);
    widths[i]! -= given;
    widths[most]! += given;
    lacking[most]! -= given;
  }
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
