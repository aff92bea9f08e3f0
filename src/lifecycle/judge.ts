/** What score, deploy and report say of a model on labelled rows. */
import type { Costs } from "../core/costs.ts";
import type { Evaluation } from "../core/metric.ts";
import type { Model } from "../core/records/model.ts";
import type { ClassScore } from "../core/records/run.ts";
import { selectRows } from "../core/table/selectRows.ts";
import type { Table } from "../core/table/table.ts";
import { classReport } from "../metrics/classReport.ts";
import { computeMetrics } from "../metrics/computeMetrics.ts";
import { confusionMatrix } from "../metrics/confusionMatrix.ts";
import { baselineEvaluation } from "../pipeline/judge/baselineEvaluation.ts";
import { evaluate } from "../pipeline/judge/evaluate.ts";

export interface Judgement {
  readonly evaluation: Evaluation;
  readonly baselineEvaluation: Evaluation;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly baseline: Readonly<Record<string, number | null>>;
  readonly confusionMatrix: readonly (readonly number[])[] | null;
  readonly classReport: readonly ClassScore[] | null;
  /** The rows that were judged. */
  readonly table: Table;
  /** Labelled rows that were not: the model's history does not reach them. */
  readonly withoutHistory: number;
}

/**
 * @param costs those of config.json, for the metric "cost"
 * @throws {MlctlError} kind "data" where the rows do not fit the model
 */
export function judge(model: Model, table: Table, costs?: Costs): Judgement {
  const { evaluation: answered, rows, withoutHistory } = evaluate(model, table);
  const evaluation = costs === undefined ? answered : { ...answered, costs };
  const base = baselineEvaluation(model, evaluation);
  const { classes } = model.signature.target;
  return {
    evaluation,
    baselineEvaluation: base,
    metrics: computeMetrics(evaluation),
    baseline: computeMetrics(base),
    confusionMatrix: classes === undefined ? null : confusionMatrix(evaluation),
    classReport:
      classes === undefined
        ? null
        : classReport(evaluation).map(({ classCode, precision, recall, f1, support }) => ({
            label: classes[classCode]!,
            precision,
            recall,
            f1,
            support,
          })),
    table: selectRows(table, rows),
    withoutHistory,
  };
}
