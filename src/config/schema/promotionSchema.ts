/** The `promotion` and `costs` sections of config.json, and limits on metrics. */
import { z } from "zod";
import { flag, matching, orNull, share, text } from "./values.ts";

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
    confidence: share()
      .nullable()
      .default(0.95)
      .describe(
        "confidence required for the improvement: the bootstrap interval of the difference at this level must exclude 0, on at least 30 test rows; null: not required",
      ),
    require: require.describe("limits that a model must satisfy, by metric"),
    beat_baseline: flag(true).describe(
      "do not deploy a model that is not better than the baseline, or than the naive baselines of its training",
    ),
    aliases: names().default(["champion"]).describe("aliases of the deployed model"),
    top: names()
      .default([])
      .describe("aliases for the top models of each leaderboard, by rank; each of them keeps its model file"),
    always_alias: names().default([]).describe("aliases that the best model of every training gets, deployed or not"),
  });
}

function names() {
  return z.array(
    matching(/^(?!latest$|v\d+$)[\w-]{1,255}$/i, 'letters, digits, _ and -; not "latest" and not "v3"').describe(
      "an alias, without @",
    ),
  );
}

export function costsSchema() {
  return z.strictObject({
    currency: orNull(text()).describe("currency of the costs, e.g. EUR"),
    false_positive: money("a false positive"),
    false_negative: money("a false negative"),
    true_positive: money("a true positive"),
    true_negative: money("a true negative"),
    over: money("each unit predicted too high (regression)"),
    under: money("each unit predicted too low (regression)"),
  });
}

function money(of: string) {
  return z.number().default(0).describe(`cost of ${of}; a gain is negative`);
}
