/** Evaluates a model on labelled rows. Shared by score, deploy and report. */
import type { Costs, Evaluation } from "../core/metric.ts";
import type { Model } from "../core/records/model.ts";
import type { ClassScore } from "../core/records/run.ts";
import { selectRows } from "../core/table/selectRows.ts";
import type { Table } from "../core/table/table.ts";
import { classReport, confusionMatrix } from "../metrics/confusionMatrix.ts";
import { computeMetrics } from "../metrics/findMetric.ts";
import { baselineEvaluation } from "../pipeline/judge/baselineEvaluation.ts";
import { evaluate, type Evaluated } from "../pipeline/judge/evaluate.ts";

export interface Judgement extends Omit<Evaluated, "rows"> {
  readonly baselineEvaluation: Evaluation;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly baseline: Readonly<Record<string, number | null>>;
  readonly confusionMatrix: readonly (readonly number[])[] | null;
  readonly classReport: readonly ClassScore[] | null;
  readonly table: Table;
}

/**
 * @param costs the costs of config.json, for the metric "cost"
 * @throws {MlctlError} kind "data" if the rows do not match the model's inputs
 */
export function judge(model: Model, table: Table, costs?: Costs): Judgement {
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
