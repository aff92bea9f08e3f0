/** Builds the folds that `train.selection` of config.json configures. */
import { cellText } from "../../core/table/cellText.ts";
import { MlctlError } from "../../core/errors.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import type { Column, Table } from "../../core/table/table.ts";
import type { FoldPlan } from "../../pipeline/fit/crossValidate.ts";
import type { TrainingData } from "../../pipeline/fit/partOf.ts";
import { selectionFolds } from "../../pipeline/fit/selectionFolds.ts";
import type { Split } from "../../pipeline/fit/splitRows.ts";
import type { Workspace } from "../workspace.ts";

/** The training and validation rows with all their columns. */
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
  { config }: Pick<Workspace, "config">,
  { table, y, split, classCount, times: found }: ToSelectOn,
): FoldPlan | undefined {
  const { seed, selection } = config.train;
  const { method, folds: count, aggregate, period } = selection;
  if (method === null || method === "validation") return undefined;
  const { times = found, groups } = orderOf({ config }, table);
  if (method === "time_series" && times === undefined) {
    throw new MlctlError(
      "usage",
      'train.selection.method is "time_series", but the rows are not in the order of a date',
      { hint: 'set "time_column" to the column with the time of each row' },
    );
  }
  if (period !== null && findColumn(table, config.time_column ?? "")?.kind === "number") {
    throw new MlctlError(
      "usage",
      `train.selection.period: "${config.time_column}" contains numbers, not dates, so it has no ${period}`,
      { hint: "remove the setting, or convert the column to dates with ingest.select" },
    );
  }
  const folds = selectionFolds(y, split.training, { method, folds: count, seed, classCount, times, groups, period });
  return { method, folds, aggregate };
}

/** Times and groups that folds must respect: times if rows are split by time, groups if folds keep groups together. */
export function orderOf({ config }: Pick<Workspace, "config">, table: Table): Pick<TrainingData, "times" | "groups"> {
  const { split, selection } = config.train;
  const time = findColumn(table, config.time_column ?? "");
  const isByTime = (split.method ?? "time") === "time" || selection.method === "time_series";
  const { group_column: name } = selection;
  const group =
    name === null || selection.method !== "group_k_fold"
      ? undefined
      : requireColumn(table, name, "train.selection.group_column");
  return {
    ...(isByTime && time !== undefined && time.kind !== "category" ? { times: time.values } : {}),
    ...(group === undefined
      ? {}
      : { groups: Array.from({ length: table.rowCount }, (_, row) => cellText(group, row)) }),
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
