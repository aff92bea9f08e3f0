/** Splits the rows, and builds the folds of the training rows, as configured. Rows in the order of a time are split by it. */
import type { Config } from "../../config/schema/schema.ts";
import { MlctlError } from "../../core/errors.ts";
import { cellText, findColumn, type Column, type Table } from "../../core/table/table.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import type { FoldPlan } from "../../pipeline/fit/crossValidate.ts";
import {
  splitRows,
  timeOrder,
  type Split,
  type SplitOptions,
  type TrainingData,
} from "../../pipeline/fit/splitRows.ts";
import { selectionFolds } from "../../pipeline/fit/selectionFolds.ts";

/** A time split may differ from validation_size by this factor, and by this number of rows, without a note. */
const UNEVEN = 1.5;
const FEW_ROWS = 2;

/**
 * @returns `times`, of each row, if the rows are split by a time that is not configured
 * @throws {MlctlError} as splitRows
 */
export function splitData(config: Config, table: Table, y: Float64Array, classCount: number) {
  const { split, seed } = config.train;
  const shuffled = keepsGroups(config) ? "group" : classCount > 0 ? "stratified" : "random";
  const options = {
    method: split.method ?? (config.time_column === null ? shuffled : "time"),
    validationSize: split.validation_size,
    seed: split.seed ?? seed,
    cutoff: split.cutoff ?? undefined,
    rows: split.rows ?? undefined,
    timeColumn: config.time_column ?? undefined,
    groups: groupsOf(config, table),
    classCount,
  } as const;
  const order = config.time_column === null && leavesOrder(config) ? timeOrder(table) : undefined;
  if (order !== undefined) {
    const byTime = splitRows(table, y, { ...options, method: "time", times: order.times });
    if (hasAllClasses(y, byTime, classCount)) {
      const [latest, rows] = [byTime.validation.length, byTime.training.length + byTime.validation.length];
      const note = `the rows are in the order of ${order.name}, so the latest ${latest} of ${rows} validate; set "train": { "split": { "method": "${shuffled}" } } if the rows to predict are not later ones`;
      return { split: byTime, times: order.times, notes: [note] };
    }
  }
  const made = splitRows(table, y, options);
  const [count, rows] = [made.validation.length, made.training.length + made.validation.length];
  const wanted = options.validationSize * rows;
  const isAsWanted = Math.abs(count - wanted) <= FEW_ROWS || (count <= wanted * UNEVEN && count >= wanted / UNEVEN);
  const isEven = !["time", "group"].includes(options.method) || options.cutoff !== undefined || isAsWanted;
  const uneven = `rows of one ${options.method} stay together, so ${count} of ${rows} rows validate`;
  return { split: made, notes: [...(isEven ? [] : [uneven]), ...sharedGroups(made, options)] };
}

/** Of a split that was shuffled: what is learnt of a group in training makes its validation rows look easy. */
function sharedGroups({ training, validation }: Split, { method, groups }: Pick<SplitOptions, "method" | "groups">) {
  if (groups === undefined || method === "time" || method === "group") return [];
  const known = new Set(Array.from(training, (row) => groups[row]!));
  const shared = validation.filter((row) => known.has(groups[row]!)).length;
  const note = `${shared} of ${validation.length} validation rows have a group that training rows have, too, so validation metrics are too good: "train": { "split": { "method": "group" } } keeps groups apart`;
  return shared === 0 ? [] : [note];
}

function groupsOf(config: Config, table: Table): (string | null)[] | undefined {
  const { group_column: name } = config.train.selection;
  if (name === null) return undefined;
  const group = requireColumn(table, name, "train.selection.group_column");
  return Array.from({ length: table.rowCount }, (_, row) => cellText(group, row));
}

/** Whether the configuration leaves the split to mlctl, and what chooses the winner does not contradict a split by time. */
export function leavesOrder(config: Config): boolean {
  const { split, selection } = config.train;
  const isOpen = split.method === null && [null, "validation", "time_series"].includes(selection.method);
  return isOpen && !keepsGroups(config);
}

/** Where mlctl chooses what is not set. */
export function keepsGroups({ train }: Config): boolean {
  return train.models === null && train.selection.group_column !== null;
}

function hasAllClasses(y: Float64Array, split: Split, classCount: number): boolean {
  return [split.training, split.validation].every(
    (rows) => classCount === 0 || new Set(Array.from(rows, (row) => y[row]!)).size === classCount,
  );
}

export interface ToSelectOn {
  readonly table: Table;
  readonly y: Float64Array;
  readonly split: Split;
  readonly classCount: number;
  /** Time of each row where mlctl found the time itself. */
  readonly times?: Float64Array | undefined;
}

/** @throws {MlctlError} kind "usage" if the group column does not exist, "data" if there are too few rows */
export function selectionOf(
  config: Config,
  { table, y, split, classCount, times: found }: ToSelectOn,
): FoldPlan | undefined {
  const { seed, selection } = config.train;
  const { method, folds: count, aggregate, period } = selection;
  if (method === null || method === "validation") return undefined;
  const { times = found, groups } = orderOf(config, table);
  if (method === "time_series" && times === undefined) {
    const message = 'train.selection.method is "time_series", but the rows are not in the order of a date';
    const hint = 'set "time_column" to the column with the time of each row';
    throw new MlctlError("usage", message, { hint });
  }
  if (period !== null && findColumn(table, config.time_column ?? "")?.kind === "number") {
    const message = `train.selection.period: "${config.time_column}" contains numbers, not dates, so it has no ${period}`;
    const hint = "remove the setting, or convert the column to dates with ingest.select";
    throw new MlctlError("usage", message, { hint });
  }
  const folds = selectionFolds(y, split.training, { method, folds: count, seed, classCount, times, groups, period });
  return { method, folds, aggregate };
}

/** Times and groups that folds must respect: times if rows are split by time, groups if folds keep groups together. */
export function orderOf(config: Config, table: Table): Pick<TrainingData, "times" | "groups"> {
  const { split, selection } = config.train;
  const time = findColumn(table, config.time_column ?? "");
  const isByTime = (split.method ?? "time") === "time" || selection.method === "time_series";
  const groups = [null, "group_k_fold"].includes(selection.method) ? groupsOf(config, table) : undefined;
  return {
    ...(isByTime && time !== undefined && time.kind !== "category" ? { times: time.values } : {}),
    ...(groups === undefined ? {} : { groups }),
  };
}

/** @throws {MlctlError} kind "usage" if the column does not exist; the hint suggests a similar name */
export function requireColumn(table: Table, name: string, key: string): Column {
  const column = findColumn(table, name);
  if (column !== undefined) return column;
  const names = table.columns.map((each) => each.name);
  throw new MlctlError("usage", `${key}: the data has no column "${name}"`, {
    hint: didYouMean(name, names) ?? `its columns are ${names.slice(0, 20).join(", ")}`,
  });
}
