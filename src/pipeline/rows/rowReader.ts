/** Checks incoming rows (from a stream or a request) against the signature and converts them to a table. */
import { dateText, MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { MlctlError } from "../../core/errors.ts";
import type { CellParser } from "../../core/text/valueFormat.ts";
import type { ColumnSpec, Signature, Column } from "../../core/table/table.ts";
import { suggest } from "../../core/text/suggest.ts";
import { ALSO_MISSING, cellParserOf, expectedCell, missingColumns, positionOf } from "./conformTable.ts";
import { categoryOfNumber, otherSpelling } from "./otherSpelling.ts";

export interface RowProblem {
  /** Position in the batch or request, from 0. */
  readonly row: number;
  readonly column: string;
  /**
   * "type": cannot be parsed, or is infinite. "declared": cannot be parsed, but config.json declares it missing.
   * "category", "range": not seen in training; "empty": nor a missing value. "history": see historyGaps.
   */
  readonly check: "type" | "declared" | "empty" | "category" | "range" | "history";
  readonly message: string;
  /** The most similar known category. */
  readonly suggestion?: string;
  /** "history": name of the row's series if training did not see it. */
  readonly series?: string;
}

type Cell = unknown;

/** Of a value in a message, in characters. */
const MAX_SHOWN_LENGTH = 100;
/** Of suggestions per batch: comparing a value with a thousand categories is slower than predicting. */
const MAX_SUGGESTIONS = 100;
/** Dates after training are expected, but ten years later is a mistake or a placeholder such as 9999-12-31. */
const EXPECTED_LATER = 10 * 365.25 * MILLISECONDS_A_DAY;

/**
 * @param names columns of the incoming rows
 * @returns a function from batches of rows (cells in the order of `names`) to a checked table, in which what cannot be
 *   parsed is missing; builds its lookups once
 * @throws {MlctlError} kind "data" naming every input column that `names` lacks
 */
export function rowReader(signature: Signature, names: readonly string[]) {
  const missing = missingColumns(signature, names);
  if (missing.length > 0) {
    const lacking = missing.length === 1 ? "a column" : "columns";
    const hint = "provide the columns listed by `mlctl models show`";
    throw new MlctlError("data", `the rows lack ${lacking} that the model needs`, { details: missing, hint });
  }
  const nullValues = new Set(signature.reading.nullValues);
  const readers = signature.inputs.map((spec) =>
    columnReader(spec, positionOf(spec.name, names), signature, nullValues),
  );
  return (rows: readonly (readonly Cell[])[]) => {
    const problems: RowProblem[] = [];
    const columns = readers.map((read) => read(rows, problems));
    return { table: { rowCount: rows.length, columns }, problems };
  };
}

type ColumnReader = (rows: readonly (readonly Cell[])[], problems: RowProblem[]) => Column;

function columnReader(
  spec: ColumnSpec,
  position: number,
  signature: Signature,
  nullValues: ReadonlySet<string>,
): ColumnReader {
  // A lookup hashes the string; the length check avoids it for most, which are longer than every null value.
  const longest = Math.max(0, ...[...nullValues].map((text) => text.length));
  const isMissing = (cell: Cell): boolean =>
    cell === null || cell === undefined || (typeof cell === "string" && cell.length <= longest && nullValues.has(cell));
  if (spec.kind === "category") return categoryReader(spec, position, isMissing);
  const parse = cellParserOf(signature, spec.name, spec.kind);
  const expected = expectedCell(signature, spec.name, spec.kind);
  const declared = new Set<Cell>(signature.reading.alsoMissing);
  return valueReader({ ...spec, kind: spec.kind, parse, expected, declared }, position, isMissing);
}

function categoryReader(spec: ColumnSpec, position: number, isMissing: (cell: Cell) => boolean): ColumnReader {
  const categories = [...(spec.categories ?? [])];
  const codeOf = new Map(categories.map((text, code) => [text, code]));
  const spelling = otherSpelling(categories);
  const ofNumber = categoryOfNumber(categories);
  return (rows, problems) => {
    const extra: string[] = [];
    const extraCodeOf = new Map<string, number>();
    const codes = new Int32Array(rows.length);
    for (let row = 0; row < rows.length; row++) {
      const cell = rows[row]![position];
      if (isMissing(cell) || typeof cell === "object") {
        if (!isMissing(cell))
          problems.push({ row, column: spec.name, check: "type", message: `${shown(cell)} is not text` });
        else if (isNew(cell, spec)) problems.push({ row, column: spec.name, ...NEW_MISSING });
        codes[row] = -1;
        continue;
      }
      const text = typeof cell === "string" ? cell : String(cell);
      let code = codeOf.get(text) ?? extraCodeOf.get(text);
      code ??= codeOf.get((typeof cell === "number" ? ofNumber(cell) : undefined) ?? spelling(text) ?? text);
      if (code === undefined) {
        code = categories.length + extra.length;
        extra.push(text);
        extraCodeOf.set(text, code);
      }
      codes[row] = code;
      if (code >= categories.length && spec.truncated !== true) {
        const isWorth = problems.length < MAX_SUGGESTIONS && text.length <= MAX_SHOWN_LENGTH;
        problems.push(unseen(spec, row, text, isWorth ? suggest(text, categories) : undefined));
      }
    }
    const all = extra.length === 0 ? categories : [...categories, ...extra];
    return { kind: "category", name: spec.name, codes, categories: all };
  };
}

const NEW_MISSING = { check: "empty", message: "no value was missing in training" } as const;

/** Of a missing cell; a request may lack the column, which has a finding of its own. */
function isNew(cell: Cell, { missingShare }: ColumnSpec): boolean {
  return missingShare === 0 && cell !== undefined;
}

function unseen({ name: column }: ColumnSpec, row: number, text: string, near: string | undefined): RowProblem {
  const common = { row, column, check: "category", message: `${shown(text)} was not seen in training` } as const;
  if (near === undefined) return common;
  return { ...common, message: `${common.message}; did you mean ${JSON.stringify(near)}?`, suggestion: near };
}

/** Short form of a cell. Objects are not serialized: deeply nested JSON would overflow the stack. */
function shown(cell: Cell): string {
  if (typeof cell === "object") return Array.isArray(cell) ? "a list" : "an object";
  // JSON has no infinity, but Parquet has.
  const text = typeof cell === "string" ? JSON.stringify(cell) : String(cell);
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}…`;
}

type ValueSpec = ColumnSpec & {
  readonly kind: "number" | "date";
  readonly parse: CellParser;
  readonly expected: string;
  readonly declared: ReadonlySet<Cell>;
};

function valueReader(spec: ValueSpec, position: number, isMissing: (cell: Cell) => boolean): ColumnReader {
  const { parse, expected, declared, minimum = -Infinity, maximum = Infinity } = spec;
  const show = spec.kind === "date" ? dateText : String;
  const latest = spec.kind === "date" ? maximum + EXPECTED_LATER : maximum;
  return (rows, problems) => {
    const report = (row: number, check: RowProblem["check"], message: string): void =>
      void problems.push({ row, column: spec.name, check, message });
    const values = new Float64Array(rows.length);
    for (let row = 0; row < rows.length; row++) {
      const cell = rows[row]![position];
      const value = isMissing(cell) ? NaN : parse(cell);
      values[row] = value ?? NaN;
      if (value === undefined) report(row, "type", `${shown(cell)} is not ${expected}`);
      else if (value === Infinity || value === -Infinity)
        report(row, "type", `${shown(cell)} is infinite or too large for a number`); // such as 1e400 and inf
      else if (Number.isNaN(value)) {
        if (declared.has(cell)) report(row, "declared", `${shown(cell)} is ${ALSO_MISSING}`);
        else if (isNew(cell, spec)) report(row, NEW_MISSING.check, NEW_MISSING.message);
      } else if (value < minimum || value > latest)
        report(row, "range", `${show(value)} is outside the training range, ${show(minimum)} to ${show(maximum)}`);
    }
    return { kind: spec.kind, name: spec.name, values };
  };
}
