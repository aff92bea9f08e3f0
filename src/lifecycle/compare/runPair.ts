/** Two runs with their models, judged on the same rows. */
import { MlctlError } from "../../core/errors.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import type { Run } from "../../core/records/run.ts";
import type { Table } from "../../core/table/table.ts";
import { parseModel } from "../../storage/model/modelFile.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { costsOf } from "../settings.ts";
import { judge } from "../judge.ts";
import { loadModel } from "../loadModel.ts";
import { datasetOf, retrain } from "./retrain.ts";
import type { Session } from "../session.ts";

export interface RunWithModel {
  readonly run: Run;
  readonly model: Model;
  /** It kept none: this one was trained again, in memory. */
  readonly retrained: boolean;
}

/** @throws {MlctlError} kind "data" where the model is damaged, or there is none and its dataset is gone */
export async function runWithModel(session: Session, reference: string): Promise<RunWithModel> {
  const run = resolveRun(session.store, reference);
  if (run.model !== null) {
    const { model } = await loadModel(session, run.runId);
    return { run, model, retrained: false };
  }
  if (run.status !== "FINISHED") {
    throw new MlctlError("usage", `run ${run.runId} (${run.family}) ${run.status.toLowerCase()}: it has no model`, {
      hint: "`mlctl runs list` shows those that finished",
    });
  }
  const text = await retrain(session, { run, dataset: datasetOf(session, run), seed: run.seed });
  return { run, model: parseModel(text, `the model of run ${run.runId}`), retrained: true };
}

export interface JudgedPair {
  readonly a: Evaluation;
  readonly b: Evaluation;
  /** The rows that both answer. */
  readonly table: Table;
}

/** @throws {MlctlError} kind "data" where they answer different questions, or one cannot answer these rows */
export function judgePair(session: Session, first: Model, second: Model, table: Table): JudgedPair {
  const [mine, theirs] = [first.signature.target, second.signature.target];
  if (JSON.stringify(mine) !== JSON.stringify(theirs)) {
    throw new MlctlError(
      "data",
      "the two models answer another target or other classes: their figures do not compare",
      {
        hint: `${told(mine)} against ${told(theirs)}`,
      },
    );
  }
  const costs = costsOf(session.config);
  const a = judge(first, table, costs);
  const b = judge(second, a.table, costs);
  // A model that looks back may reach fewer of the rows.
  const both = b.table.rowCount < a.table.rowCount ? judge(first, b.table, costs) : a;
  return { a: both.evaluation, b: b.evaluation, table: b.table };
}

function told({ name, task, classes }: Model["signature"]["target"]): string {
  return `"${name}", ${task}${classes === undefined ? "" : ` of ${classes.slice(0, 5).join(", ")}`}`;
}
