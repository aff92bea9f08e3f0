/** The `train` section of config.json. */
import { z } from "zod";
import { aggregates } from "../../core/records/lineage.ts";
import { byName, choice, orNull, positiveDuration, share, text, whole } from "./values.ts";

const seed = () => whole(0).max(4_294_967_295);

const scalar = () => z.union([z.string(), z.number(), z.boolean(), z.null()]);

export function trainSchema(family: z.ZodType<string, string>, metric: z.ZodType<string, string>) {
  return z.strictObject({
    split: splitSchema().prefault({}).describe("how rows are split into a training set and a validation set"),
    selection: selectionSchema().prefault({}).describe("how the best model is selected"),
    feature_sets: byName(z.nullable(z.array(text()).min(1))).describe(
      "lists of features by name of the set, * as wildcard, or null: automatic features in place of those of `features`; every model is trained on every set",
    ),
    models: orNull(z.array(modelSchema(family)).min(1)).describe(
      "models to train; null: mlctl chooses them, and all other settings of this section that are not set, for the task and the size of the data",
    ),
    time: orNull(positiveDuration("60s")).describe(
      "train for about this long: after the models above, the best of the last training, others that are good on many tables, then drawn ones; the run records which, so that it needs no clock again (with refit)",
    ),
    metric: orNull(metric).describe(
      "metric that ranks the leaderboard; null: log_loss for classification, rmse for regression",
    ),
    seed: seed().default(42).describe("random seed"),
    threshold: orNull(
      z.union([
        z.number().min(0).max(1),
        z.literal("tune"),
        z.strictObject({ metric: metric.describe("the metric that the threshold is best for") }),
      ]),
    ).describe(
      'two classes: minimum probability to predict the positive class; or tune: the best one for train.metric, for the costs if they are set, or for f1 if the metric does not depend on it; or { "metric": "f1" }: the best one for this metric; null: tune if mlctl chooses the models, else 0.5',
    ),
    ensemble: orNull(z.boolean()).describe(
      "add the weighted mean of the models, weights chosen on the rows that select, if it is better than each of them (with refit); null: true if mlctl chooses the models",
    ),
    refit: orNull(z.boolean()).describe(
      "fit the best model again on all rows after it was selected, with the rounds that early stopping found; its metrics stay those of the selection, and its threshold is tuned on the rows that selected it; null: true if mlctl chooses the models",
    ),
    class_weight: orNull(z.union([z.literal("balanced"), z.record(z.string(), z.number().gt(0))])).describe(
      "classification: weight of a training row by label, or balanced; null: equal weights",
    ),
    calibration: orNull(z.enum(["sigmoid"])).describe(
      "two classes: how probabilities are calibrated, on folds of the training set; null: not calibrated",
    ),
    distributed: orNull(distributedSchema()).describe(
      "fit each xgboost model of train.models in several processes together, which may run on several machines (libxgboost 2.1 or newer); null: in this process",
    ),
  });
}

function distributedSchema() {
  return z.strictObject({
    ranks: whole(2).max(1000).describe("number of processes; a part of the model, like the seed"),
    launch: orNull(text()).describe(
      "shell command that starts them: {command} is the command of a process, {ranks} their number; with {rank} it is run once for each number, such as ssh host{rank} {command}; null: processes of this machine",
    ),
    tracker_host: orNull(text()).describe(
      "address of this machine for the others; null: 127.0.0.1 without launch, else its first address",
    ),
  });
}

function splitSchema() {
  return z.strictObject({
    method: orNull(z.enum(["random", "stratified", "group", "time", "head"])).describe(
      "group: rows with the same value of selection.group_column stay together; null: time if time_column is set, else stratified for classification, random for regression (group if mlctl chooses the models and group_column is set)",
    ),
    validation_size: share()
      .default(0.2)
      .describe("share of validation rows (random, stratified, group, time without a cutoff)"),
    cutoff: orNull(text()).describe("time: last date of the training set (inclusive)"),
    rows: orNull(whole(1)).describe("head: number of training rows, taken from the start"),
    seed: orNull(seed()).describe("null: train.seed"),
  });
}

function selectionSchema() {
  return z.strictObject({
    method: orNull(z.enum(["validation", "k_fold", "stratified_k_fold", "time_series", "group_k_fold"])).describe(
      "validation: select on the validation set; others: cross-validate on the training set and evaluate the best model on the validation set once; null: folds if mlctl chooses the models and there are few rows, else validation",
    ),
    folds: whole(2).default(5).describe("number of folds"),
    period: orNull(z.enum(["year", "quarter", "month", "week", "day"])).describe(
      "time_series: each fold is evaluated on one of the last whole years, months, …, so that it covers a full season; null: folds of equal numbers of rows",
    ),
    aggregate: choice(aggregates, "mean").describe(
      "how the scores of the folds are combined, also in `tune`: mean, median, or trimmed_mean (without the best and the worst fifth of the folds); the last two suit a series with a break in one fold",
    ),
    group_column: orNull(text()).describe(
      "group_k_fold and split by group: rows with the same value are in the same fold, or part",
    ),
  });
}

function modelSchema(family: z.ZodType<string, string>) {
  // A scalar, or for constraints an object of directions by feature or a list of groups of features.
  const value = z.union([scalar(), z.record(z.string(), z.number()), z.array(z.array(z.string()))]);
  return z.strictObject({
    family: family.describe("the model family"),
    params: byName(value).describe("parameters that override the family's defaults"),
    search: searchSchema().optional().describe("hyperparameter search, run by `mlctl tune`"),
  });
}

function searchSchema() {
  return z.strictObject({
    method: choice(["grid", "random", "tpe", "halving"], "grid").describe(
      "grid: every combination; random; tpe: learns from earlier trials; halving: the best third gets more folds",
    ),
    trials: whole(1).default(50).describe("number of trials (all methods but grid)"),
    folds: whole(2).default(3).describe("number of cross-validation folds per trial"),
    batch: whole(1)
      .optional()
      .describe(
        "tpe and pruning: number of trials that are drawn at a time (default: 4), before the results of the others are known; more keep more threads and workers busy, but learn later",
      ),
    pruning: orNull(z.enum(["median"])).describe(
      "median: stop a trial that is worse than the median of earlier trials after the same fold; null: never",
    ),
    space: z
      .record(z.string(), z.union([z.array(scalar()).min(1), dimensionSchema()]))
      .describe("by parameter: a list of values, or an object with a range or a condition"),
  });
}

function dimensionSchema() {
  return z.strictObject({
    values: z.array(scalar()).min(1).optional().describe("list of values, instead of low and high"),
    distribution: z
      .enum(["uniform", "log_uniform", "integer", "log_integer"])
      .optional()
      .describe("distribution of the values from low to high; default: uniform"),
    low: z.number().optional().describe("smallest value"),
    high: z.number().optional().describe("largest value"),
    step: z.number().gt(0).optional().describe("step between values, starting at low"),
    when: z
      .record(z.string(), z.array(scalar()).min(1))
      .optional()
      .describe('search it only if other parameters have one of these values: { "grow_policy": ["lossguide"] }'),
  });
}
