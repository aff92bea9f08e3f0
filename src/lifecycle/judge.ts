/** Evaluates a model on labelled rows. Shared by score, deploy and report. */
import { MlctlError } from "../core/errors.ts";
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
 * @param only positions of the rows that count; the others are history of a model that looks back
 * @returns the metrics, also of the baseline, and the rows that were evaluated
 * @throws {MlctlError} kind "data" if the rows do not match the model's inputs
 */
export function judge(model: Model, table: Table, costs?: Costs, only?: Int32Array) {
  const { evaluation: all, rows: reached, withoutHistory, unseenSeries } = evaluate(model, table);
  const wanted = new Set(only);
  const both = only && Int32Array.from(reached.keys()).filter((at) => wanted.has(reached[at]!));
  if (both?.length === 0)
    throw new MlctlError("data", "the history of the models reaches no row in common", { hint: "test on newer rows" });
  const [evaluated, rows] =
    both === undefined ? [all, reached] : [selectPredicted(all, both), both.map((at) => reached[at]!)];
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
    given: table,
    /** Positions in `given` of the rows that were judged, and these. */
    rows,
    table: selectRows(table, rows),
    withoutHistory,
    unseenSeries,
  };
}

export type Judgement = Readonly<ReturnType<typeof judge>>;

/** The better naive forecast of the rows that were judged; undefined for a baseline, or a model that does not look back. */
export function bestNaive(model: Model, { given, rows }: Judgement, metricName: string) {
  if (isBaseline(model.estimator.family)) return undefined;
  const { name, greaterIsBetter } = findMetric(metricName, model.signature.target.task);
  const found = naiveModels(model).map((each) => {
    const { metrics } = judge(each.model, given, undefined, rows);
    return { family: each.family, metrics };
  });
  const loss = ({ metrics }: (typeof found)[number]): number =>
    (metrics[name] ?? Infinity) * (greaterIsBetter ? -1 : 1);
  return found.toSorted((a, b) => loss(a) - loss(b))[0];
}
