/** Cost: money per 1,000 rows, from `costs` in config.json. */
import { meanMetric, rowErrors } from "./meanMetric.ts";

const ROWS = 1000;

/** Undefined without configured costs. A gain is negative, so that less is always better. */
export const cost = meanMetric({
  name: "cost",
  label: "Cost per 1,000 rows",
  tasks: ["regression", "binary"],
  unbounded: true,
  needsCosts: true,
  lossesOf: (evaluation) => {
    const { costs, task } = evaluation;
    if (costs === undefined) return null;
    const { truePositive, falsePositive, falseNegative, trueNegative, over, under } = costs;
    return task === "regression"
      ? rowErrors(evaluation, (yTrue, yPred) => (yPred > yTrue ? over * (yPred - yTrue) : under * (yTrue - yPred)))
      : rowErrors(evaluation, (yTrue, yPred) => {
          if (yTrue === 1) return yPred === 1 ? truePositive : falseNegative;
          return yPred === 1 ? falsePositive : trueNegative;
        });
  },
  finish: (mean) => ROWS * mean,
});
