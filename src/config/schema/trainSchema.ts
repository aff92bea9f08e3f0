/** The `train` section of config.json. */
import { z } from "zod";
import { aggregates } from "../../core/records/run.ts";

const seed = () => z.number().int().min(0).max(4_294_967_295);

const scalar = () => z.union([z.string(), z.number(), z.boolean(), z.null()]);

export function trainSchema(family: z.ZodType<string, string>, metric: z.ZodType<string, string>) {
  return z.strictObject({
    split: splitSchema().prefault({}).describe("which rows train and which validate"),
    selection: selectionSchema().prefault({}).describe("what the winner is chosen on"),
    feature_sets: z
      .record(z.string(), z.array(z.string().min(1)).min(1))
      .default({})
      .describe("features by name of the set, * as wildcard; every model is trained on every set"),
    models: z
      .array(modelSchema(family))
      .min(1)
      .nullable()
      .default(null)
      .describe("what to train; null: baseline, the linear family of the task, xgboost"),
    metric: metric.nullable().default(null).describe("what the leaderboard is sorted by; null: f1 or rmse by task"),
    seed: seed().default(42).describe("every random choice follows from it"),
    threshold: z
      .union([z.number().min(0).max(1), z.literal("tune")])
      .default(0.5)
      .describe("two classes: the probability from which the positive one is predicted, or tune"),
    class_weight: z
      .union([z.literal("balanced"), z.record(z.string(), z.number().gt(0))])
      .nullable()
      .default(null)
      .describe("classes: how much a row of each label counts in training, or balanced; null: all alike"),
    calibration: z
      .enum(["sigmoid", "isotonic"])
      .nullable()
      .default(null)
      .describe("two classes: how probabilities are corrected on folds of the training part; null: not at all"),
  });
}

function splitSchema() {
  return z.strictObject({
    method: z
      .enum(["random", "stratified", "time", "head"])
      .nullable()
      .default(null)
      .describe("null: time where time_column is set, stratified for classes, else random"),
    validation_size: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.2)
      .describe("share of rows that validate (random, stratified, time without a cutoff)"),
    cutoff: z.string().min(1).nullable().default(null).describe("time: rows up to this date train"),
    rows: z.number().int().min(1).nullable().default(null).describe("head: the first so many rows train"),
    seed: seed().nullable().default(null).describe("null: train.seed"),
  });
}

function selectionSchema() {
  return z.strictObject({
    method: z
      .enum(["validation", "k_fold", "stratified_k_fold", "time_series", "group_k_fold"])
      .default("validation")
      .describe("the validation rows, or folds of the training rows; then the validation rows judge the winner once"),
    folds: z.number().int().min(2).default(5).describe("how many folds"),
    period: z
      .enum(["year", "quarter", "month", "week", "day"])
      .nullable()
      .default(null)
      .describe(
        "time_series: each fold is judged on a whole year, month, … (the last ones), so that a season is complete; null: on equal numbers of rows",
      ),
    aggregate: z
      .enum(aggregates)
      .default("mean")
      .describe(
        "how folds become one figure, in `tune` too: mean; where one fold is a break in the series, median, or trimmed_mean: without the best and the worst fifth of the folds",
      ),
    group_column: z.string().min(1).nullable().default(null).describe("group_k_fold: rows of one value stay together"),
  });
}

/** A scalar; for constraints an object of directions by feature, or a list of groups of features. */
function paramValue() {
  return z.union([scalar(), z.record(z.string(), z.number()), z.array(z.array(z.string()))]);
}

function modelSchema(family: z.ZodType<string, string>) {
  return z.strictObject({
    family: family.describe("the model family"),
    params: z
      .record(z.string(), paramValue())
      .default({})
      .describe("parameters that differ from the family's defaults"),
    search: searchSchema().optional().describe("parameters to search for; `mlctl tune` runs it"),
  });
}

function searchSchema() {
  return z.strictObject({
    method: z
      .enum(["grid", "random", "tpe", "halving"])
      .default("grid")
      .describe("grid: every point; random; tpe: learns from earlier trials; halving: the best third gets more folds"),
    trials: z.number().int().min(1).default(50).describe("how many points are tried (all but grid)"),
    folds: z.number().int().min(2).default(3).describe("folds of the training part that judge a trial"),
    pruning: z
      .enum(["median"])
      .nullable()
      .default(null)
      .describe("median: a trial ends after a fold where it is behind the median of earlier ones; null: no trial does"),
    space: z
      .record(z.string(), z.union([z.array(scalar()).min(1), dimensionSchema()]))
      .describe("by parameter: a list of values, or an object with a range of numbers or a condition"),
  });
}

function dimensionSchema() {
  return z.strictObject({
    values: z.array(scalar()).min(1).optional().describe("one of these, in place of low and high"),
    distribution: z
      .enum(["uniform", "log_uniform", "integer", "log_integer"])
      .optional()
      .describe("of the numbers from low to high; left out: uniform"),
    low: z.number().optional().describe("smallest value"),
    high: z.number().optional().describe("largest value"),
    step: z.number().gt(0).optional().describe("values are low plus whole multiples of it"),
    when: z
      .record(z.string(), z.array(scalar()).min(1))
      .optional()
      .describe('only where other parameters have one of these values: { "grow_policy": ["lossguide"] }'),
  });
}
