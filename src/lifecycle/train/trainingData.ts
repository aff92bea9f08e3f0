/** Prepares a dataset for training: inputs, target, split and folds. */
import type { Config } from "../../config/schema/schema.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { History } from "../../core/history.ts";
import { selectRows, selectValues } from "../../core/table/selectRows.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { rowsWithHistory } from "../../features/historyGaps.ts";
import { encodeTarget } from "../../pipeline/rows/encodeTarget.ts";
import { partOf, type Parts, type TrainingData } from "../../pipeline/fit/partOf.ts";
import { splitRows, type Split } from "../../pipeline/fit/splitRows.ts";
import { orderOf, requireColumn, selectionOf, type SelectionPlan, type ToSelectOn } from "./selectionOf.ts";
import { readDataset } from "../datasets.ts";
import { transformRequests } from "../settings.ts";
import type { Workspace } from "../workspace.ts";
import { didYouMean } from "../../core/text/suggest.ts";

export interface PreparedData extends TrainingData {
  readonly split: Split;
  /** Both parts of the split, computed once on first use and shared by checks, candidates and models. */
  readonly parts: () => PreparedParts;
  /** Folds of the training rows that choose the winner; undefined if the validation rows do. */
  readonly selection: SelectionPlan | undefined;
  /** Rows from which folds can be built. */
  readonly toSelectOn: ToSelectOn;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

export interface PreparedParts extends Parts {
  /** The same rows with every column. */
  readonly tables: { readonly training: Table; readonly validation: Table };
}

/** Encodes the target, removes ids, dropped columns and rows with too little history, and splits. */
export async function prepareData(workspace: Workspace, dataset: Dataset): Promise<PreparedData> {
  const { config } = workspace;
  const table = await readDataset(workspace, dataset);
  const encoded = encodeTarget(table, {
    target: config.target,
    task: config.task,
    positiveClass: config.positive_class === null ? null : String(config.positive_class),
  });
  const unknown = unknownColumns(table, config);
  const labelled = selectRows(table, encoded.rows);
  const history = historyOf(labelled, encoded.y, config);
  const inputs = inputsOf(labelled, config);
  const usable = usableRows(workspace, { inputs, y: encoded.y, target: encoded.spec, history });
  const rows = selectRows(labelled, usable);
  const y = selectValues(encoded.y, usable);
  const classCount = encoded.spec.classes?.length ?? 0;
  const split = splitTable(workspace, rows, y, classCount);
  const toSelectOn = { table: rows, y, split, classCount };
  const dataRows = usable.map((row) => encoded.rows[row]!);
  const data = {
    inputs: inputsOf(rows, config),
    y,
    target: encoded.spec,
    history,
    dataRows,
    ...orderOf(workspace, rows),
  };
  return {
    ...data,
    split,
    parts: once(() => partsOf(config, rows, data, split)),
    selection: selectionOf(workspace, toSelectOn),
    toSelectOn,
    warnings: [...unknown, ...missingTargets(encoded, config.target)],
    notes: shortHistory(labelled.rowCount - usable.length, labelled.rowCount),
  };
}

function inputsOf(table: Table, config: Config): Table {
  const leftOut = new Set([config.target, ...config.id_columns, ...config.drop_columns]);
  const columns = table.columns.filter(({ name }) => !leftOut.has(name));
  if (columns.length > 0) return { ...table, columns };
  throw new MlctlError("data", "no feature columns are left", {
    hint: 'the target, "id_columns" and "drop_columns" exclude every column',
  });
}

/** All labelled rows, as history for lag features; undefined without a date column to order them. */
function historyOf(table: Table, y: Float64Array, { time_column: timeColumn, target }: Config): History | undefined {
  const time = timeColumn === null ? undefined : findColumn(table, timeColumn);
  if (time?.kind !== "date") return undefined;
  const known: Column = { kind: "number", name: target, values: y };
  const columns = table.columns.map((column) => (column.name === target ? known : column));
  return { timeColumn: time.name, time: time.values, columns: { ...table, columns } };
}

function usableRows({ config }: Workspace, { inputs, target, history }: TrainingData): Int32Array {
  const context = { task: target.task, seed: config.train.seed, target: target.name, history };
  const rows = rowsWithHistory(inputs, transformRequests(config) ?? [], context);
  if (rows.length > 0) return rows;
  throw new MlctlError("data", `none of ${inputs.rowCount} rows has enough history for the configured features`, {
    hint: 'shorten "lags" or "windows" in features, or ingest more rows',
  });
}

function shortHistory(count: number, rows: number): string[] {
  if (count === 0) return [];
  return [
    `${count} of ${rows} rows ${count === 1 ? "has" : "have"} too little history and ${count === 1 ? "is" : "are"} dropped`,
  ];
}

function splitTable({ config }: Workspace, table: Table, y: Float64Array, classCount: number): Split {
  const { split, seed } = config.train;
  return splitRows(table, y, {
    method: split.method ?? (config.time_column === null ? (classCount > 0 ? "stratified" : "random") : "time"),
    validationSize: split.validation_size,
    seed: split.seed ?? seed,
    cutoff: split.cutoff ?? undefined,
    rows: split.rows ?? undefined,
    timeColumn: config.time_column ?? undefined,
    classCount,
  });
}

function partsOf(config: Config, table: Table, data: TrainingData, split: Split): PreparedParts {
  const tables = { training: selectRows(table, split.training), validation: selectRows(table, split.validation) };
  const part = (name: keyof Split): TrainingData => ({
    ...partOf({ ...data, inputs: { ...data.inputs, columns: [] } }, split[name]),
    inputs: inputsOf(tables[name], config),
  });
  return { training: part("training"), validation: part("validation"), tables };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function missingTargets({ missing, firstMissing }: ReturnType<typeof encodeTarget>, target: string): string[] {
  if (missing === 0) return [];
  const rows = missing === 1 ? "1 row has" : `${missing} rows have`;
  return [`${rows} no "${target}" and ${missing === 1 ? "is" : "are"} dropped; first: data row ${firstMissing + 1}`];
}

/**
 * @returns a warning for each unknown name in id_columns or drop_columns: if it is misspelt, the column becomes a feature
 * @throws {MlctlError} kind "usage" if time_column does not exist
 */
export function unknownColumns(table: Table, config: Config): string[] {
  if (config.time_column !== null) requireColumn(table, config.time_column, "time_column");
  const names = table.columns.map(({ name }) => name);
  return (["id_columns", "drop_columns"] as const).flatMap((key) =>
    config[key]
      .filter((name) => !names.includes(name))
      .map((name) => {
        const hint = didYouMean(name, names);
        return `${key}: the data has no column "${name}"${hint === undefined ? "" : `; ${hint}`}`;
      }),
  );
}
