/** The labelled rows that a forecast continues. */
import { parseRecorded } from "../../config/configSha256.ts";
import { MlctlError, recover } from "../../core/errors.ts";
import type { Dataset, Run } from "../../core/records/lineage.ts";
import type { Model } from "../../core/records/model.ts";
import { findColumn, selectRows, type Table } from "../../core/table/table.ts";
import { groupSeries, keyText } from "../../features/seriesState.ts";
import { historyColumns } from "../../pipeline/predict/forecaster.ts";
import { conformTable } from "../../pipeline/rows/conformTable.ts";
import { encodeLabels } from "../../pipeline/rows/encodeLabels.ts";
import { historyFromBatch, seriesColumnsOf } from "../../pipeline/rows/rowsInReach.ts";
import { requestedBy, timedSeries, type TimedSeries } from "../../pipeline/rows/findSeries.ts";
import { extentOf } from "../../stats/descriptive.ts";
import { parseModel } from "../../storage/model/modelFile.ts";
import { retrain } from "../compare/retrain.ts";
import { readDataset } from "../datasets.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { transformRequests } from "../settings.ts";
import { prepareData } from "../train/trainingData.ts";

export interface ForecastHistory {
  readonly timeColumn: string;
  readonly by: readonly string[];
  /** The inputs of the model, and the other columns that it looks back on. */
  readonly table: Table;
  readonly time: Float64Array;
  readonly y: Float64Array;
  readonly series: readonly (TimedSeries & { /** By time. */ readonly rows: readonly number[] })[];
  /** The model with all these rows as its history. */
  readonly model: Model;
}

/**
 * From the newest dataset, which may have rows that came after the training.
 * @throws {MlctlError} kind "usage" for a model that has no dates to continue, "notReady" without a dataset
 */
export async function forecastHistory(session: Session, { model, run }: LoadedModel): Promise<ForecastHistory> {
  const recorded = parseRecorded(run?.config);
  const timeColumn = requireForecasting(model, session.config.time_column ?? recorded?.time_column ?? null);
  const dataset = session.store.latestDataset(session.config.input_folder_path) ?? datasetOf(session, run);
  if (dataset === undefined) {
    throw new MlctlError("notReady", "a forecast continues the newest dataset, and there is none", {
      hint: "run `mlctl ingest`",
    });
  }
  const all = await readDataset(session, dataset);
  const { y, rows } = encodeLabels(all, model.signature);
  const labelled = selectRows(all, rows);
  const inputs = conformTable(labelled, model.signature);
  const own = seriesColumnsOf(model);
  // A model that does not look back on the series of its configuration predicts each of them all the same.
  const by = own.length > 0 || recorded === undefined ? own : requestedBy(transformRequests(recorded) ?? []);
  const taken = new Set(inputs.columns.map(({ name }) => name));
  const others = new Set([...historyColumns(model), ...by].filter((name) => !taken.has(name)));
  const table = {
    ...inputs,
    columns: [...inputs.columns, ...labelled.columns.filter(({ name }) => others.has(name))],
  };
  const column = findColumn(inputs, timeColumn);
  const time = column?.kind === "date" ? column.values : new Float64Array(0);
  const positions = new Map(groupSeries(table, by).map((group) => [keyText(group.key), group.rows]));
  const series = timedSeries({ timeColumn, time, columns: table }, by).map((each) => ({
    ...each,
    rows: positions
      .get(keyText(each.key))!
      .filter((row) => !Number.isNaN(time[row]!))
      .toSorted((a, b) => time[a]! - time[b]!),
  }));
  return { timeColumn, by, table, time, y, series, model: historyFromBatch(model, { inputs, table, y }) };
}

function datasetOf({ store }: Session, run: Run | null): Dataset | undefined {
  return run === null ? undefined : store.dataset(run.datasetId);
}

/** What a series with gaps or mixed rows may need, in hints. */
export const LAG = '{ "type": "lag", "by": [columns that tell the series apart] }';
export const RANDOM_SPLIT =
  "a random split leaves gaps: split the file with `mlctl split FILE --time COLUMN` instead, and ingest its train.csv";

function requireForecasting({ signature }: Model, timeColumn: string | null): string {
  const { target, inputs } = signature;
  if (target.task !== "regression") {
    throw new MlctlError("usage", `--horizon forecasts numbers, but "${target.name}" has classes`, {
      hint: "predict rows with their dates instead: `mlctl predict future.csv`",
    });
  }
  const dates = inputs.filter(({ kind }) => kind === "date");
  // Without a configured one mlctl found the only date; dates of a time column have no range.
  const found = dates.find(({ name, minimum }) => (timeColumn === null ? minimum === undefined : name === timeColumn));
  if (found !== undefined) return found.name;
  throw new MlctlError("usage", "--horizon continues the dates of time_column, but the model does not read them", {
    hint: `set "time_column" and train again: mlctl adds the earlier values of regular series, or add ${LAG} to "features"; ${RANDOM_SPLIT}`,
  });
}

/**
 * The model that back-tests repeat: if it was fitted again on all rows, as it was before, so that later rows are new to it.
 * @returns `from`: time of the last row that it was fitted on. Undefined if that cannot be found out, or if rows of all times were drawn at random, so that no later ones are left
 */
export async function modelToTestBack(session: Session, loaded: LoadedModel, history: ForecastHistory) {
  const { run } = loaded;
  const dataset = datasetOf(session, run);
  const config = parseRecorded(run?.config);
  if (run === null || dataset === undefined || config === undefined) return undefined;
  const last = prepareData({ ...session, config }, dataset).then(async ({ split, history: known, parts }) => {
    const times = findColumn(parts().tables.training, known?.timeColumn ?? "");
    if (times?.kind !== "date" || split.training.length !== run.trainingRows) return undefined;
    const [, from] = extentOf(times.values);
    if (run.refitRows === undefined) return { from, model: history.model };
    const text = await retrain(session, { run, dataset, seed: run.seed, isBeforeRefit: true });
    const { model } = await forecastHistory(session, { ...loaded, model: parseModel(text, loaded.path) });
    return { from, model };
  });
  return last.catch(recover(() => undefined));
}
