/** The `promotion` and `costs` sections of config.json, and limits on metrics. */
import { z } from "zod";

/** Limits by name of the metric: `{ "rmse": { "max": 20 } }`. */
export function limits(metric: z.ZodType<string, string>) {
  return z.partialRecord(metric, limit()).default({});
}

export function limit() {
  return z.strictObject({
    min: z.number().optional().describe("lowest value that passes"),
    max: z.number().optional().describe("highest value that passes"),
  });
}

export function promotionSchema(require: ReturnType<typeof limits>) {
  return z.strictObject({
    min_improvement: z
      .number()
      .min(0)
      .default(0)
      .describe("the new model must be better by more than this, in units of the metric"),
    confidence: z
      .number()
      .gt(0)
      .lt(1)
      .nullable()
      .default(null)
      .describe("how sure the improvement must be (bootstrap, e.g. 0.95); null: not asked"),
    require: require.describe("limits a model must keep, by metric"),
    beat_baseline: z.boolean().default(true).describe("a model that is no better than the baseline is not deployed"),
    aliases: names().default(["champion"]).describe("names that follow the deployed model"),
    top: names()
      .default([])
      .describe("names for the first models of each leaderboard, by rank; each of these keeps its model"),
    always_alias: names().default([]).describe("names that the best model of every training gets, whatever the rules"),
  });
}

function names() {
  return z.array(
    z
      .string()
      .regex(/^(?!latest$|v\d+$)[\w-]{1,255}$/i, 'letters, digits, _ and -; not "latest" and not "v3"')
      .describe("an alias, without @"),
  );
}

export function costsSchema() {
  return z.strictObject({
    currency: z.string().min(1).nullable().default(null).describe("what the figures are in, e.g. EUR"),
    false_positive: money("a false alarm"),
    false_negative: money("a missed case"),
    true_positive: money("a case found"),
    true_negative: money("a rest left alone"),
    over: money("each unit predicted too much (regression)"),
    under: money("each unit predicted too little (regression)"),
  });
}

function money(of: string) {
  return z.number().default(0).describe(`cost of ${of}; a gain is negative`);
}
