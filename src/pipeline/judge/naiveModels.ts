/** The naive forecasts that a model of a series has to beat, from the history that it contains. */
import type { FittedTransform, Model } from "../../core/records/model.ts";
import { findTransform } from "../../features/index.ts";
import { groupsOf } from "../../features/seriesState.ts";
import type { SeriesStates } from "../../features/seriesTransform.ts";
import { seasonOf, timeStep } from "../../stats/timeStep.ts";
import { commonStep } from "../rows/findSeries.ts";

/** @returns the previous value, and that of one season ago if the times have one; none if the model does not look back on its target */
export function naiveModels(model: Model): { readonly family: string; readonly model: Model }[] {
  const { name, task } = model.signature.target;
  const all = model.transforms.flatMap(({ type, state }) =>
    findTransform(type)?.looksBack === undefined ? [] : (state as SeriesStates).series,
  );
  const series = all.find((each) => each.column === name && groupsOf(each).some(({ values }) => values.length > 0));
  if (task !== "regression" || series === undefined) return [];
  const step = commonStep(
    groupsOf(series).map(({ times }) => ({ found: timeStep(Float64Array.from(times, (time) => time * series.unit)) })),
  );
  const season = step === undefined ? null : seasonOf(step);
  return [["naive", 1] as const, ...(season === null ? [] : [["seasonal_naive", season] as const])].map(
    ([family, back]) => {
      const lagged = `${name}_lag_${back}`;
      const { baseline } = model;
      const transforms: FittedTransform[] = [
        // Without a longest wait it predicts all rows that the model does.
        { type: "lag", state: { series: [{ ...series, longestWait: null }], lags: [back], shortHistory: "missing" } },
        { type: "select", state: { columns: [{ name: lagged, kind: "number" }] } },
      ];
      const estimator = { ...baseline, featureNames: [lagged], state: { ...baseline.state, last: 0 } };
      return { family, model: { ...model, transforms, estimator } };
    },
  );
}
