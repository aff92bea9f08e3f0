/** Splits the rows as configured; without a configured split, rows in the order of a time are split by that time. */
import type { Config } from "../../config/schema/schema.ts";
import type { Table } from "../../core/table/table.ts";
import { splitRows, type Split } from "../../pipeline/fit/splitRows.ts";
import { timeOrder, type TimeOrder } from "../../pipeline/fit/timeOrder.ts";
import type { Workspace } from "../workspace.ts";

export interface DataSplit {
  readonly split: Split;
  /** Time of each row if the rows are split by a time that is not configured. */
  readonly times?: Float64Array;
  readonly notes: readonly string[];
}

/** A time split may differ from validation_size by this factor, and by this number of rows, without a note. */
const UNEVEN = 1.5;
const FEW_ROWS = 2;

/** @throws {MlctlError} as splitRows */
export function splitData(
  { config }: Pick<Workspace, "config">,
  table: Table,
  y: Float64Array,
  classCount: number,
): DataSplit {
  const { split, seed } = config.train;
  const shuffled = classCount > 0 ? "stratified" : "random";
  const options = {
    method: split.method ?? (config.time_column === null ? shuffled : "time"),
    validationSize: split.validation_size,
    seed: split.seed ?? seed,
    cutoff: split.cutoff ?? undefined,
    rows: split.rows ?? undefined,
    timeColumn: config.time_column ?? undefined,
    classCount,
  } as const;
  const order = config.time_column === null && leavesOrder(config) ? timeOrder(table) : undefined;
  if (order !== undefined) {
    const byTime = splitRows(table, y, { ...options, method: "time", times: order.times });
    if (hasAllClasses(y, byTime, classCount)) {
      return { split: byTime, times: order.times, notes: [orderNote(order, byTime, shuffled)] };
    }
  }
  const made = splitRows(table, y, options);
  const isEven = options.method !== "time" || options.cutoff !== undefined || isAsLarge(made, options.validationSize);
  return { split: made, notes: isEven ? [] : [unevenNote(made)] };
}

/** Whether the configuration leaves the split to mlctl, and what chooses the winner does not contradict a split by time. */
export function leavesOrder({ train }: Config): boolean {
  return train.split.method === null && [null, "validation", "time_series"].includes(train.selection.method);
}

function hasAllClasses(y: Float64Array, split: Split, classCount: number): boolean {
  return [split.training, split.validation].every(
    (rows) => classCount === 0 || new Set(Array.from(rows, (row) => y[row]!)).size === classCount,
  );
}

function orderNote({ name }: TimeOrder, { training, validation }: Split, shuffled: string): string {
  const rows = training.length + validation.length;
  return `the rows are in the order of ${name}, so the latest ${validation.length} of ${rows} validate; set "train": { "split": { "method": "${shuffled}" } } if the rows to predict are not later ones`;
}

function isAsLarge({ training, validation }: Split, size: number): boolean {
  const wanted = size * (training.length + validation.length);
  const ratio = validation.length / wanted;
  return Math.abs(validation.length - wanted) <= FEW_ROWS || (ratio <= UNEVEN && ratio >= 1 / UNEVEN);
}

function unevenNote({ training, validation }: Split): string {
  const rows = training.length + validation.length;
  return `rows of one time stay together, so ${validation.length} of ${rows} rows validate`;
}
