/** What naive and seasonal_naive have in common: the prediction is one feature, an earlier value of the target. */
import type { Estimator, FitOptions, FittedEstimator, ParamSpec } from "../core/estimator.ts";
import type { JsonObject } from "../core/json.ts";
import type { Matrix } from "../core/table/matrix.ts";
import { baseline } from "./baseline.ts";
import { resolveParams } from "./params.ts";

interface PreviousValue<Family extends string> {
  readonly family: Family;
  readonly description: string;
  readonly params: readonly ParamSpec[];
  /** Number of rows to look back. */
  back(params: JsonObject, season: number | null): number;
}

/** A row without that value gets the mean of the training rows, as from the baseline, whose state it has. */
export function previousValue<Family extends string>({ family, description, params, back }: PreviousValue<Family>) {
  return {
    family,
    description,
    tasks: ["regression"],
    params,
    needs: { complete: false, standardized: false },
    isBaseline: true,
    features(given, { target, by, season }) {
      const rows = back(resolveParams(params, given, family), season);
      return [
        {
          type: "lag",
          options: { column: target, lags: [rows], short_history: "missing", ...(by.length > 0 ? { by } : {}) },
        },
        { type: "select", options: { column: `${target}_lag_${rows}` } },
      ];
    },
    async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
      const resolved = resolveParams(params, options.params, family);
      const { state, ...common } = await baseline.fit(X, y, { ...options, params: {} });
      const last = X.columnNames.findIndex((name) => /_lag_\d+$/.test(name));
      return { ...common, family, params: resolved, state: { ...state, last: last < 0 ? null : last } };
    },
    load: baseline.load,
  } satisfies Estimator;
}
