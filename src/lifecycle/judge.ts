/** Evaluates a model on labelled rows. Shared by score, deploy and report. */
import type { Costs } from "../core/metric.ts";
import type { Model } from "../core/records/model.ts";
import { selectRows, type Table } from "../core/table/table.ts";
import { selectPredicted } from "../monitoring/prepareRows.ts";
import { isBaseline } from "../estimators/findEstimator.ts";
import { classReport, confusionMatrix } from "../metrics/confusionMatrix.ts";
import { computeMetrics, findMetric } from "../metrics/findMetric.ts";
import { baselineEvaluation } from "../pipeline/judge/baselineEvaluation.ts";
import { evaluate } from "../pipeline/judge/evaluate.ts";
import { naiveModels } from "../pipeline/judge/naiveModels.ts";

/**
 * @param costs the costs of config.json, for the metric "cost"
 * @returns the metrics, also of the baseline, and the rows that were evaluated
 * @throws {MlctlError} kind "data" if the rows do not match the model's inputs
 */
export function judge(model: Model, table: Table, costs?: Costs) {
  const { evaluation: evaluated, rows, withoutHistory, unseenSeries } = evaluate(model, table);
  const evaluation = costs === undefined ? evaluated : { ...evaluated, costs };
  const baselineResult = baselineEvaluation(model, evaluation);
  const { classes } = model.signature.target;
  return {
    evaluation,
    baselineEvaluation: baselineResult,
    metrics: computeMetrics(evaluation),
    baseline: computeMetrics(baselineResult),
    confusionMatrix: classes === undefined ? null : confusionMatrix(evaluation),
    classReport:
      classes === undefined
        ? null
        : classReport(evaluation).map(({ classCode, ...scores }) => ({ label: classes[classCode]!, ...scores })),
    /** Positions of the rows of `table` among those that were given. */
    rows,
    table: selectRows(table, rows),
    withoutHistory,
    unseenSeries,
  };
}

export type Judgement = Readonly<ReturnType<typeof judge>>;

/**
 * The better naive forecast of the rows that were judged; undefined for a baseline, or a model that does not look back.
 * @param table all rows: those that the model does not reach are known to later ones
 */
export function bestNaive(model: Model, { table, judged }: { table: Table; judged: Judgement }, metricName: string) {
  if (isBaseline(model.estimator.family)) return undefined;
  const { name, greaterIsBetter } = findMetric(metricName, model.signature.target.task);
  const reached = new Set(judged.rows);
  const found = naiveModels(model).map((each) => {
    const { evaluation, rows } = evaluate(each.model, table);
    const both = Int32Array.from(rows.keys()).filter((at) => reached.has(rows[at]!));
    return { family: each.family, metrics: computeMetrics(selectPredicted(evaluation, both)) };
  });
  const loss = ({ metrics }: (typeof found)[number]): number =>
    (metrics[name] ?? Infinity) * (greaterIsBetter ? -1 : 1);
  return found.toSorted((a, b) => loss(a) - loss(b))[0];
}
