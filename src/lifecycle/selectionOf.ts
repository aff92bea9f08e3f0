/** Folds of the training part as `train.selection` of config.json wants them. */
import { cellText } from "../core/cellText.ts";
import { MlctlError } from "../core/errors.ts";
import { findColumn } from "../core/findColumn.ts";
import { suggest } from "../core/suggest.ts";
import type { Column, Table } from "../core/table.ts";
import type { Fold } from "../pipeline/foldsOf.ts";
import { selectionFolds } from "../pipeline/selectionFolds.ts";
import type { Split } from "../pipeline/splitRows.ts";
import type { Workspace } from "./workspace.ts";

/** Which folds choose the winner. */
export interface SelectionPlan {
  /** As in config.json. */
  readonly method: string;
  readonly folds: readonly Fold[];
}

/** The rows that train and validate, every column of them. */
export interface ToSelectOn {
  readonly table: Table;
  readonly y: Float64Array;
  readonly split: Split;
  readonly classCount: number;
}

/** @throws {MlctlError} kind "usage" for a column of groups that is not there, "data" where rows are too few */
export function selectionOf(
  { config }: Workspace,
  { table, y, split, classCount }: ToSelectOn,
): SelectionPlan | undefined {
  const { seed, selection } = config.train;
  const { method, folds: count, group_column } = selection;
  if (method === "validation") return undefined;
  const times = findColumn(table, config.time_column ?? "");
  const groups = group_column === null ? undefined : columnCalled(table, group_column, "train.selection.group_column");
  const folds = selectionFolds(y, split.training, {
    method,
    folds: count,
    seed,
    classCount,
    times: times?.kind === "date" ? times.values : undefined,
    groups: groups && Array.from({ length: table.rowCount }, (_, row) => cellText(groups, row)),
  });
  return { method, folds };
}

function columnCalled(table: Table, name: string, key: string): Column {
  const column = findColumn(table, name);
  if (column !== undefined) return column;
  const names = table.columns.map((each) => each.name);
  const near = suggest(name, names);
  throw new MlctlError("usage", `${key}: the data has no column "${name}"`, {
    hint: near === undefined ? `its columns are ${names.slice(0, 20).join(", ")}` : `did you mean "${near}"?`,
  });
}
