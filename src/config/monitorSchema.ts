/** The `monitor` section of config.json: windows, drift, quality and limits on metrics. */
import { z } from "zod";
import { limit, type limits } from "./promotionSchema.ts";

export function monitorSchema(require: ReturnType<typeof limits>) {
  return z.strictObject({
    window: z
      .string()
      .regex(/^[1-9]\d*[mhdw]$/, "a number and m, h, d or w, such as 90d")
      .nullable()
      .default(null)
      .describe("how far back rows are compared; null: all that are given"),
    reference: z.string().min(1).default("training").describe("what is compared against: training, or a dataset"),
    drift: driftSchema().prefault({}).describe("when columns count as moved"),
    require: require.describe("limits on metrics once the truth is known"),
    quality: z
      .strictObject({ missing_share: limit().optional().describe("share of missing values of a column") })
      .prefault({})
      .describe("limits on the data itself"),
  });
}

function driftSchema() {
  return z.strictObject({
    rules: z
      .enum(["calibrated", "evidently"])
      .default("calibrated")
      .describe("calibrated: few false alarms at any size; evidently: that library's defaults"),
    dataset_share: z.number().min(0).max(1).default(0.5).describe("share of drifted columns that is a drifted dataset"),
    columns: z
      .record(
        z.string(),
        z.strictObject({
          test: z.string().min(1).optional().describe("the drift test to use"),
          limit: z.number().optional().describe("its limit"),
        }),
      )
      .default({})
      .describe("by column, where the rules do not fit"),
  });
}
