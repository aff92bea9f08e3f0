/** Prepares a dataset for training: inputs, target, split and folds. */
import { counted, listed } from "../../core/text/format.ts";
import type { Config } from "../../config/schema/schema.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { selectRows, selectValues, type Table } from "../../core/table/table.ts";
import { rowsWithHistory } from "../../pipeline/rows/rowsInReach.ts";
import { encodeTarget } from "../../pipeline/rows/encodeTarget.ts";
import { rowNumbers } from "../../pipeline/rows/rowNumbers.ts";
import { isolatedValues } from "../../pipeline/rows/isolatedValues.ts";
import { skewNote, targetRemarks } from "../../pipeline/rows/targetRemarks.ts";
import type { FoldPlan } from "../../pipeline/fit/crossValidate.ts";
import { partOf, type TrainingData, type Split } from "../../pipeline/fit/splitRows.ts";
import { automaticNote, automaticSettings } from "./automaticSettings.ts";
import { historyOf, repeatedTimes, seriesSettings } from "./seriesSettings.ts";
import { orderOf, requireColumn, selectionOf, splitData, type ToSelectOn } from "./splitData.ts";
import { readDataset } from "../datasets.ts";
import { transformRequests, unknownNames } from "../settings.ts";
import type { Workspace } from "../workspace.ts";

export interface PreparedData extends TrainingData {
  readonly split: Split;
  /** Both parts of the split, computed once on first use and shared by checks, candidates and models. */
  readonly parts: () => PreparedParts;
  /** Folds of the training rows that choose the winner; undefined if the validation rows do. */
  readonly selection: FoldPlan | undefined;
  /** With all settings of `train`, see automaticSettings. */
  readonly config: Config;
  readonly toSelectOn: ToSelectOn;
  readonly withoutTarget: number;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

type PreparedParts = ReturnType<typeof partsOf>;

/** Encodes the target, removes ids, dropped columns and rows with too little history, and splits. */
export async function prepareData(given: Workspace, dataset: Dataset): Promise<PreparedData> {
  const table = await readDataset(given, dataset);
  const asked = {
    target: given.config.target,
    task: given.config.task,
    positiveClass: given.config.positive_class === null ? null : String(given.config.positive_class),
  };
  const encoded = encodeTarget(table, asked);
  const unknown = unknownColumns(table, given.config);
  const labelled = selectRows(table, encoded.rows);
  const { notes: numbering, ...columns } = withoutRowNumbers(table, given.config);
  const series = seriesSettings(given.config, {
    labelled,
    inputs: inputsOf(labelled, columns.configured),
    numbers: columns.numbers,
    y: encoded.y,
    task: encoded.spec.task,
  });
  const { config } = series;
  const workspace = { ...given, config };
  const history = historyOf(labelled, encoded.y, config);
  const inputs = inputsOf(labelled, columns.leftOut);
  const usable = usableRows(workspace, { inputs, y: encoded.y, target: encoded.spec, history });
  const rows = selectRows(labelled, usable);
  const y = selectValues(encoded.y, usable);
  const classCount = encoded.spec.classes?.length ?? 0;
  const { split, times, notes: splitting } = splitData(config, rows, y, classCount);
  const toSelectOn = { table: rows, y, split, classCount, times };
  const order = times === undefined ? orderOf(config, rows) : { times };
  const dataRows = usable.map((row) => encoded.rows[row]!);
  const data = { inputs: inputsOf(rows, columns.leftOut), y, target: encoded.spec, history, dataRows, ...order };
  const chosen = automaticSettings(config, {
    task: encoded.spec.task,
    classCount,
    trainingRows: split.training.length,
    smallest: smallestClass(y, split, classCount),
    columns: data.inputs.columns.length,
    isByTime: order.times !== undefined,
    period: series.period,
    naive: series.naive,
  });
  const remarks = targetRemarks(encoded, asked);
  const dropped = labelled.rowCount - usable.length;
  const [have, are] = dropped === 1 ? ["has", "is"] : ["have", "are"];
  let parts: PreparedParts | undefined;
  return {
    ...data,
    split,
    parts: () => (parts ??= partsOf(columns.leftOut, rows, data, split)),
    config: chosen,
    selection: selectionOf(chosen, toSelectOn),
    toSelectOn,
    withoutTarget: encoded.missing,
    warnings: [...unknown, ...missingTargets(encoded, config.target), ...remarks.warnings],
    notes: [
      ...remarks.notes,
      ...(chosen.train.metric === "rmse" && classCount === 0 ? skewNote(config.target, y) : []),
      ...numbering,
      ...infiniteValues(data.inputs),
      ...isolatedValues(data.inputs),
      ...splitting,
      ...(dropped === 0
        ? []
        : [`${dropped} of ${labelled.rowCount} rows ${have} too little history and ${are} dropped`]),
      ...repeatedTimes(labelled, config),
      ...series.notes,
      ...automaticNote(config, chosen),
    ],
  };
}

function infiniteValues(inputs: Table): string[] {
  const found = inputs.columns.flatMap((column) => {
    let count = 0;
    if (column.kind === "number")
      for (let row = 0; row < column.values.length; row++) if (Math.abs(column.values[row]!) === Infinity) count++;
    return count === 0 ? [] : [`"${column.name}" (${counted(count, "row")})`];
  });
  if (found.length === 0) return [];
  return [`values that are infinite, or too large for a number, count as missing: ${listed(found)}`];
}

/** Row numbers are left out unless the configuration chooses the features or names the column, or no other is left. */
function withoutRowNumbers(table: Table, config: Config) {
  const configured: ReadonlySet<string> = new Set([config.target, ...config.id_columns, ...config.drop_columns]);
  const named = [config.time_column, config.train.selection.group_column, ...Object.values(config.train.feature_sets)];
  const others = table.columns.filter(({ name }) => !configured.has(name));
  const numbers = config.features === null ? rowNumbers({ ...table, columns: others }) : [];
  const unwanted = numbers.filter((name) => !named.flat().includes(name));
  if (unwanted.length === 0 || unwanted.length === others.length) {
    return { configured, numbers: [], leftOut: configured, notes: [] };
  }
  const names = unwanted.map((name) => `"${name}"`).join(", ");
  const [subject, one] =
    unwanted.length === 1
      ? [`column ${names} is not used: it numbers`, "it"]
      : [`columns ${names} are not used: they number`, "one"];
  const note = `${subject} the rows; to use ${one}, name it in "train": { "feature_sets": … }`;
  return { configured, numbers: unwanted, leftOut: new Set([...configured, ...unwanted]), notes: [note] };
}

function inputsOf(table: Table, leftOut: ReadonlySet<string>): Table {
  const columns = table.columns.filter(({ name }) => !leftOut.has(name));
  if (columns.length > 0) return { ...table, columns };
  throw new MlctlError("data", "no feature columns are left", {
    hint: 'the target, "id_columns" and "drop_columns" exclude every column',
  });
}

function usableRows({ config }: Workspace, { inputs, target, history }: TrainingData): Int32Array {
  const context = { task: target.task, seed: config.train.seed, target: target.name, history };
  const rows = rowsWithHistory(inputs, transformRequests(config) ?? [], context);
  if (rows.length > 0) return rows;
  throw new MlctlError("data", `none of ${inputs.rowCount} rows has enough history for the configured features`, {
    hint: 'shorten "lags" or "windows" in features, or ingest more rows',
  });
}

function partsOf(leftOut: ReadonlySet<string>, table: Table, data: TrainingData, split: Split) {
  const tables = { training: selectRows(table, split.training), validation: selectRows(table, split.validation) };
  const part = (name: keyof Split): TrainingData => ({
    ...partOf({ ...data, inputs: { ...data.inputs, columns: [] } }, split[name]),
    inputs: inputsOf(tables[name], leftOut),
  });
  return { training: part("training"), validation: part("validation"), tables };
}

function missingTargets({ missing, firstMissing }: ReturnType<typeof encodeTarget>, target: string): string[] {
  if (missing === 0) return [];
  const [rows, are] = missing === 1 ? ["1 row has", "is"] : [`${missing} rows have`, "are"];
  return [`${rows} no "${target}" and ${are} dropped; first: data row ${firstMissing + 1}`];
}

/**
 * @returns a warning for each unknown name in id_columns or drop_columns: if it is misspelt, the column becomes a feature
 * @throws {MlctlError} kind "usage" if time_column does not exist
 */
export function unknownColumns(table: Table, config: Config): string[] {
  if (config.time_column !== null) requireColumn(table, config.time_column, "time_column");
  return unknownNames(table.columns, config);
}

/** Training rows of the smallest class; for numbers all. */
function smallestClass(y: Float64Array, { training }: Split, classCount: number): number {
  if (classCount === 0) return training.length;
  const counts = new Int32Array(classCount);
  for (const row of training) counts[y[row]!]!++;
  return Math.min(...counts);
}
