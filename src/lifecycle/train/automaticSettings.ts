/** The settings of `train` that config.json leaves to mlctl, chosen for the task and the size of the data. */
import { configSha256 } from "../../config/configSha256.ts";
import type { Config } from "../../config/schema/schema.ts";
import type { JsonObject } from "../../core/json.ts";
import { counted, present } from "../../core/text/format.ts";
import type { Task } from "../../core/table/table.ts";
import { defaultModels } from "../../estimators/defaultModels.ts";
import { tunedMetric } from "../../pipeline/fit/bestThreshold.ts";
import type { Session } from "../session.ts";
import { costsOf, decidingMetric } from "../settings.ts";
import { keepsGroups } from "./splitData.ts";

/** What the choice depends on: never on values of the target. */
export interface DataSize {
  readonly task: Task;
  /** 0 for regression. */
  readonly classCount: number;
  readonly trainingRows: number;
  /** Rows of the smallest class that train; of numbers all. */
  readonly smallest: number;
  readonly columns: number;
  readonly isByTime: boolean;
  /** On which folds of a series validate. */
  readonly period: Config["train"]["selection"]["period"];
  /** Families of a series that have to be beaten. */
  readonly naive: readonly string[];
}

/** Up to this number of training rows, folds select: the validation rows would be too few to tell models apart. */
const FEW_ROWS = 8000;

/** With fewer rows of a class, or rows in all, some folds would be without. */
const LEAST_ROWS = 20;

/**
 * Without `train.models` mlctl chooses all of `train` that is not set; with them they are taken as written.
 * @returns a configuration that says everything: training with it gives the same model
 */
export function automaticSettings(config: Config, size: DataSize): Config {
  const { train } = config;
  if (train.models !== null) return config;
  const method = train.selection.method ?? selectionMethod(size, train.selection.group_column);
  const period = train.selection.period ?? (method === "time_series" ? size.period : null);
  const refit = train.refit ?? true;
  const models = [...defaultModels(size), ...size.naive.map((family) => ({ family, params: {} }))];
  const byClass = size.task === "regression" ? "random" : "stratified";
  const shuffled = keepsGroups(config) ? "group" : byClass;
  return {
    ...config,
    train: {
      ...train,
      models: models.map(({ family, params }) => ({ family, params: { ...params } })),
      metric: decidingMetric(config, size.task),
      threshold: train.threshold ?? (size.task === "binary" ? "tune" : 0.5),
      // Says that no other order is to be looked for.
      split: { ...train.split, method: train.split.method ?? (size.isByTime ? null : shuffled) },
      selection: { ...train.selection, method, period },
      // The history of look-back features is kept for one model; automatic ones do not look back.
      ensemble:
        train.ensemble ?? (refit && (size.naive.length === 0 || Object.values(train.feature_sets).includes(null))),
      refit,
    },
  };
}

function selectionMethod({ task, classCount, trainingRows, smallest, isByTime }: DataSize, groupColumn: string | null) {
  if (trainingRows * Math.max(1, classCount / 2) > FEW_ROWS || smallest < LEAST_ROWS) return "validation";
  if (groupColumn !== null) return "group_k_fold";
  if (isByTime) return "time_series";
  return task === "regression" ? "k_fold" : "stratified_k_fold";
}

export function chosenBy(session: Session, { config }: { readonly config: Config }): Session {
  if (config === session.config) return session;
  const { time_column, drop_columns, features, train: settings } = config;
  const chosen = { time_column, drop_columns, features, train: settings } as JsonObject;
  const recordedConfig = { ...(session.recordedConfig as JsonObject), ...chosen };
  return { ...session, config, recordedConfig, configSha256: () => configSha256(config) };
}

export function automaticNote(config: Config, chosen: Config): string[] {
  if (config === chosen) return [];
  const { models, feature_sets, metric, threshold, ensemble, refit } = chosen.train;
  const sets = Object.keys(feature_sets).length;
  const parts = [
    `${counted(models!.length, "model")}${sets < 2 ? "" : ` on ${sets} sets of features`} ranked by ${metric}`,
    ensemble === true && "an ensemble where it is better",
    threshold === "tune" &&
      `the threshold tuned for ${tunedMetric({ threshold, metric: metric!, costs: costsOf(config) })}`,
    refit === true && "the best fitted again on all rows",
  ];
  return [
    `mlctl chose the settings of training: ${present(parts).join(", ")}; \`mlctl config show --resolved\` prints them`,
  ];
}
