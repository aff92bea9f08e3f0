/** The `monitor` section of config.json: windows, drift, quality and limits on metrics. */
import { z } from "zod";
import { limit, type limits } from "./promotionSchema.ts";
import { byName, choice, orNull, positiveDuration, share, text, texts, whole, windowLength } from "./values.ts";

export function monitorSchema(require: ReturnType<typeof limits>, driftTests?: string) {
  return z.strictObject({
    window: orNull(windowLength()).describe(
      "rows to evaluate together: 90d, 500 rows, day, week, month or file; null: all rows given",
    ),
    step: orNull(positiveDuration("1d")).describe(
      "distance between the starts of windows of a duration when evaluating history; null: the duration of a window",
    ),
    reference: text()
      .default("training")
      .describe(
        "reference to compare with: training, same_season (training rows of the same days in earlier years), the id of a dataset, or a path",
      ),
    minimum_rows: whole(1).default(20).describe("drift and performance are not evaluated on fewer rows"),
    drift: driftSchema(driftTests).prefault({}).describe("when columns count as drifted"),
    quality: qualitySchema().prefault({}).describe("limits on data quality"),
    require: require.describe("limits on metrics, checked once labels are known"),
    confidence: orNull(share()).describe(
      "confidence required to report that a limit in require is violated (bootstrap, e.g. 0.95); null: compare the value itself",
    ),
    segments: texts().describe("columns whose values define segments to evaluate separately"),
    segment_rows: whole(2).default(30).describe("a segment with fewer labelled rows is not evaluated"),
    retrain_on: z
      .array(z.enum(["drift", "quality", "performance"]))
      .default([])
      .describe("fullprocess retrains if monitoring fails in one of these areas, even without new files"),
  });
}

function driftSchema(driftTests: string | undefined) {
  return z.strictObject({
    rules: choice(["calibrated", "evidently"], "calibrated").describe(
      "calibrated: few false alarms at any number of rows; evidently: the defaults of that library, for any number of rows, with predictions and labels among the columns",
    ),
    dataset_share: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe("share of drifted columns at which the dataset counts as drifted"),
    fail_on: z
      .array(z.enum(["dataset", "prediction", "target", "columns"]))
      .default(["dataset"])
      .describe("which drift is a failure; other drift is a warning"),
    columns: byName(
      z.strictObject({
        test: text()
          .optional()
          .describe(`the drift test to use${driftTests === undefined ? "" : `. ${driftTests}`}`),
        limit: z.number().optional().describe("limit of the test: a p-value below it or a distance above it is drift"),
      }),
    ).describe('test and limit by column, to override the rules; also "prediction" and the target'),
  });
}

function qualitySchema() {
  return z.strictObject({
    missing_share: limit().optional().describe("share of missing values in a column; default: as in training"),
    new_categories: limit().optional().describe("share of categories not seen in training; default: as in training"),
    out_of_range: limit().optional().describe("share of numbers outside the training range; default: as in training"),
    invalid_share: limit().optional().describe("share of values of the wrong type, such as text among numbers"),
    duplicate_share: limit().optional().describe("share of rows that are copies of another row; default: no limit"),
    rows: limit().optional().describe("number of rows in a window; default: at least one"),
    freshness: positiveDuration("2d")
      .optional()
      .describe("maximum age of the newest row in the newest window, by time_column"),
    columns: byName(
      z.strictObject({
        missing_share: limit().optional().describe("share of missing values"),
        new_categories: limit().optional().describe("share of categories not seen in training"),
        out_of_range: limit().optional().describe("share of numbers outside the training range"),
        invalid_share: limit().optional().describe("share of values of the wrong type"),
      }),
    ).describe("limits for single columns"),
  });
}
