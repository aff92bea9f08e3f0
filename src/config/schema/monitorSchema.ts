/** The `monitor` section of config.json: windows, drift, quality and limits on metrics. */
import { z } from "zod";
import { limit, type limits } from "./promotionSchema.ts";

const length = /^[1-9]\d*[mhdw]$/;

export function monitorSchema(require: ReturnType<typeof limits>) {
  return z.strictObject({
    window: z
      .string()
      .regex(
        /^([1-9]\d*[mhdw]|[1-9]\d* rows|day|week|month|file)$/,
        'a length such as 90d, "500 rows", day, week, month or file',
      )
      .nullable()
      .default(null)
      .describe("which rows are judged together: 90d, 500 rows, day, week, month or file; null: all that are given"),
    step: z
      .string()
      .regex(length, "a number and m, h, d or w, such as 1d")
      .nullable()
      .default(null)
      .describe("how far windows of a length lie apart when history is gone through; null: their length"),
    reference: z
      .string()
      .min(1)
      .default("training")
      .describe(
        "what is compared against: training, same_season (its rows of the same days of earlier years), the id of a dataset, or a path",
      ),
    minimum_rows: z.number().int().min(1).default(20).describe("a window with fewer rows is not enough to tell"),
    drift: driftSchema().prefault({}).describe("when columns count as moved"),
    quality: qualitySchema().prefault({}).describe("limits on the data itself"),
    require: require.describe("limits on metrics once the truth is known"),
    confidence: z
      .number()
      .gt(0)
      .lt(1)
      .nullable()
      .default(null)
      .describe(
        "how sure it must be that a limit of require is broken (bootstrap, e.g. 0.95); null: the value decides",
      ),
    segments: z.array(z.string().min(1)).default([]).describe("columns by whose values performance is told apart"),
    segment_rows: z.number().int().min(2).default(30).describe("a segment with fewer labelled rows is not judged"),
    retrain_on: z
      .array(z.enum(["drift", "quality", "performance"]))
      .default([])
      .describe("fullprocess trains again when monitoring fails in one of these, also without new files"),
  });
}

function driftSchema() {
  return z.strictObject({
    rules: z
      .enum(["calibrated", "evidently"])
      .default("calibrated")
      .describe(
        "calibrated: few false alarms at any size; evidently: that library's defaults, tested at any number of rows, with answers and truth among the columns",
      ),
    dataset_share: z.number().min(0).max(1).default(0.5).describe("share of drifted columns that is a drifted dataset"),
    fail_on: z
      .array(z.enum(["dataset", "prediction", "target", "columns"]))
      .default(["dataset"])
      .describe("what of drift is a failure; the rest is a warning"),
    columns: z
      .record(
        z.string(),
        z.strictObject({
          test: z
            .string()
            .min(1)
            .optional()
            .describe(
              "the drift test to use. p-values: ks, mann_whitney, cramer_von_mises, anderson_darling (numbers), chi_square, z_test; distances: wasserstein, energy (numbers), psi, jensen_shannon, kullback_leibler, hellinger, total_variation",
            ),
          limit: z.number().optional().describe("its limit: a p-value is drift below it, a distance above it"),
        }),
      )
      .default({})
      .describe('by column, where the rules do not fit; also "prediction" and the target'),
  });
}

function qualitySchema() {
  return z.strictObject({
    missing_share: limit().optional().describe("share of missing values of a column; left out: as in training"),
    new_categories: limit().optional().describe("share of values that training did not know; left out: as in training"),
    out_of_range: limit().optional().describe("share of numbers outside the training range; left out: as in training"),
    invalid_share: limit().optional().describe("share of values of another kind, such as text among numbers"),
    duplicate_share: limit().optional().describe("share of rows that are copies of another; left out: not limited"),
    rows: limit().optional().describe("rows in a window; left out: at least one"),
    freshness: z
      .string()
      .regex(length, "a number and m, h, d or w, such as 2d")
      .optional()
      .describe("how old the newest row of the newest window may be, by time_column"),
    columns: z
      .record(
        z.string(),
        z.strictObject({
          missing_share: limit().optional().describe("share of missing values"),
          new_categories: limit().optional().describe("share of values that training did not know"),
          out_of_range: limit().optional().describe("share of numbers outside the training range"),
          invalid_share: limit().optional().describe("share of values of another kind"),
        }),
      )
      .default({})
      .describe("the same by column, where one limit does not fit all"),
  });
}
