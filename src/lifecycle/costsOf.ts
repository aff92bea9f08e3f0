/** The `costs` of config.json as metrics take them, and in words. */
import type { Config } from "../config/schema.ts";
import type { Costs } from "../core/costs.ts";

type Configured = Pick<Config, "costs">;

/** Undefined where none are configured. */
export function costsOf({ costs }: Configured): Costs | undefined {
  if (costs === null) return undefined;
  return {
    truePositive: costs.true_positive,
    falsePositive: costs.false_positive,
    falseNegative: costs.false_negative,
    trueNegative: costs.true_negative,
    over: costs.over,
    under: costs.under,
  };
}

/** Of the metric "cost": "EUR per 1,000 rows"; null where none are configured. */
export function costUnit({ costs }: Configured): string | null {
  return costs === null ? null : `${costs.currency ?? "money"} per 1,000 rows`;
}
