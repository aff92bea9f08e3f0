/** Naive: predicts the previous value of the target. */
import type { Estimator } from "../core/estimator.ts";
import { previousValue } from "./previousValue.ts";

/** The last value strictly before the time of the row, of its series: the random walk of forecasting. */
export const naive = previousValue({
  family: "naive",
  description: "predicts the previous value of the target, of the row's series; a baseline for data with a time_column",
  params: [],
  back: () => 1,
}) satisfies Estimator;
