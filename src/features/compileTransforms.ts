/** Compiles fitted transforms into a function from table to matrix, used by train, score, predict, serve and monitor. */
import { MlctlError } from "../core/errors.ts";
import { type Matrix, sliceRows, type Column, type NumberColumn, type Table, findColumn } from "../core/table/table.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { TableMap, HistoryGap, LookBack } from "../core/transform.ts";
import { requireTransform, findTransform } from "./index.ts";

/** Rows transformed at a time, so that columns stay in the processor's cache and memory is bounded. */
const SLICE_ROWS = 4096;

/**
 * Builds all lookups once and returns the function from table to matrix.
 * @param float32 for training that does not use more than float32
 * @throws {MlctlError} kind "data" if this version does not support a transform of the model; when applied, kind "data"
 *   for a column that is missing or of another kind, and "usage" for text or dates that no transform converts to numbers
 */
export function compileTransforms(transforms: readonly FittedTransform[], float32 = false): (table: Table) => Matrix {
  const maps = transforms.map(({ type, state }) => requireTransform(type).load(state));
  const apply: TableMap = (table) => maps.reduce((current, map) => map(current), table);
  return (table) => {
    // Avoids slices of small tables, since a request with one row pays for each of them.
    const first = numberColumns(apply(table.rowCount <= SLICE_ROWS ? table : sliceRows(table, 0, SLICE_ROWS)));
    const size = table.rowCount * first.length;
    const values = float32 ? new Float32Array(size) : new Float64Array(size);
    writeRows(values, first, 0);
    for (let start = SLICE_ROWS; start < table.rowCount; start += SLICE_ROWS) {
      writeRows(values, numberColumns(apply(sliceRows(table, start, start + SLICE_ROWS))), start);
    }
    return { rowCount: table.rowCount, columnNames: first.map(({ name }) => name), values };
  };
}

/** Features in training order, (n_samples × n_features). To transform many tables, call `compileTransforms` once instead. */
export function featureMatrix(table: Table, transforms: readonly FittedTransform[], float32 = false): Matrix {
  return compileTransforms(transforms, float32)(table);
}

function numberColumns(table: Table): NumberColumn[] {
  return table.columns.map((column) => (column.kind === "number" ? column : unsupported(column)));
}

function unsupported(column: Column): never {
  const [noun, type] = column.kind === "date" ? ["a date", "date_parts"] : ["text", "one_hot"];
  throw new MlctlError("usage", `column "${column.name}" is ${noun}, but models need numbers`, {
    hint: `add { "type": "${type}", "column": "${column.name}" } to features, or add it to drop_columns`,
  });
}

function writeRows(values: Matrix["values"], columns: readonly NumberColumn[], firstRow: number): void {
  const width = columns.length;
  columns.forEach((column, position) => {
    const source = column.values;
    for (let i = 0, at = firstRow * width + position; i < source.length; i++, at += width) values[at] = source[i]!;
  });
}

/** What each of the transforms that look back reads. */
export function lookBacks(transforms: readonly FittedTransform[]): LookBack[] {
  return transforms.flatMap(({ type, state }) => findTransform(type)?.looksBack?.(state) ?? []);
}

/** @returns a function from table to the gap of each row, or null; undefined if no transform looks back */
export function historyGaps(
  transforms: readonly FittedTransform[],
): ((table: Table) => (HistoryGap | null)[]) | undefined {
  const all = transforms.flatMap(({ type, state }) => findTransform(type)?.historyGaps?.(state) ?? []);
  if (all.length === 0) return undefined;
  return (table) => {
    const found = all.map((gapsOf) => gapsOf(table));
    return Array.from({ length: table.rowCount }, (_, row) => {
      const gaps = found.flatMap((each) => each[row] ?? []);
      // Missing history takes precedence over stale history.
      return (
        gaps.find(({ kind }) => kind === "missing") ?? gaps.find(({ skips }) => skips !== undefined) ?? gaps[0] ?? null
      );
    });
  };
}

/**
 * Extends the history of transforms that look back by the rows of `known` after its end, as if they had been ingested. A
 * row still sees only earlier rows. All other learned state stays the same.
 */
export function extendHistory(transforms: readonly FittedTransform[], known: Table): readonly FittedTransform[] {
  // By time column: a step excludes rows for later steps by setting their time to NaN.
  const times = new Map<string, Float64Array>();
  return transforms.map(({ type, state }) => {
    const transform = findTransform(type);
    if (transform?.extendHistory === undefined) return { type, state };
    const dates = transform.inputNames(state).map((name) => findColumn(known, name));
    const column = dates.find((each) => each?.kind === "date");
    if (column?.kind !== "date") return { type, state };
    const later = { timeColumn: column.name, time: times.get(column.name) ?? column.values, columns: known };
    const extended = transform.extendHistory(state, later);
    times.set(column.name, transform.narrowHistory?.(extended, later).time ?? later.time);
    return { type, state: extended };
  });
}

/** The transforms with only the history that rows after an instant look back on. */
export function recentHistory(transforms: readonly FittedTransform[], end: number): readonly FittedTransform[] {
  return transforms.map(({ type, state }) => ({
    type,
    state: findTransform(type)?.recentHistory?.(state, end) ?? state,
  }));
}
