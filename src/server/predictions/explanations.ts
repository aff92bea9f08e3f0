/** SHAP values of predicted rows, for the response. */
import { attempt } from "../../core/errors.ts";
import type { Table } from "../../core/table/table.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import { explain } from "../../pipeline/predict/explain.ts";
import { HttpProblem, problemFrom } from "../http/problem.ts";

/** SHAP values cost a thousand times as much as the prediction; other requests wait meanwhile. */
const MOST_ROWS = 100;

/** Called before anything is predicted. @throws {HttpProblem} 413 */
export function requireExplainable(rowCount: number): void {
  if (rowCount <= MOST_ROWS) return;
  throw new HttpProblem("too-large", `${rowCount} rows, at most ${MOST_ROWS} are explained at once`, {
    hint: "`mlctl explain --rows FILE` takes any number",
  });
}

/** Members of the response. @throws {HttpProblem} 400 for a model without SHAP values */
export function explanations({ model }: ServedModel, table: Table, single: boolean): Record<string, unknown> {
  if (table.rowCount === 0) return { explanations: [] };
  const { featureNames, outputCount, baseValues, blocks } = attempt(
    () => explain(model, table),
    (error) => {
      throw problemFrom("bad-request", error);
    },
  );
  const width = featureNames.length;
  const values = blocks.flatMap((block) => [...block.values]);
  const rows = Array.from({ length: table.rowCount }, (_, row) => {
    const start = row * outputCount * width;
    const own = (feature: number): number[] =>
      Array.from({ length: outputCount }, (__, output) => values[start + output * width + feature]!);
    const contributions = featureNames.map((name, i) => [name, outputCount === 1 ? own(i)[0]! : own(i)] as const);
    return {
      base_value: outputCount === 1 ? baseValues[0]! : baseValues,
      contributions: Object.fromEntries(contributions),
    };
  });
  const unit = model.signature.target.task === "regression" ? model.signature.target.name : "log-odds";
  return single ? { explanation: { unit, ...rows[0]! } } : { explanations: rows.map((row) => ({ unit, ...row })) };
}
