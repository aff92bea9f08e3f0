/** Evaluates a model on labelled rows. Shared by score, deploy and report. */
import type { Costs } from "../core/metric.ts";
import type { Model } from "../core/records/model.ts";
import { selectRows, type Table } from "../core/table/table.ts";
import { classReport, confusionMatrix } from "../metrics/confusionMatrix.ts";
import { computeMetrics } from "../metrics/findMetric.ts";
import { baselineEvaluation } from "../pipeline/judge/baselineEvaluation.ts";
import { evaluate } from "../pipeline/judge/evaluate.ts";

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
    table: selectRows(table, rows),
    withoutHistory,
    unseenSeries,
  };
}

export type Judgement = Readonly<ReturnType<typeof judge>>;
