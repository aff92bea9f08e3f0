/** Loads the models of two runs and evaluates them on the same rows. */
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
  /** True if the run has no model file and was trained again in memory. */
  readonly retrained: boolean;
}

/** @throws {MlctlError} kind "data" if the model is damaged, or if there is none and its dataset is missing */
export async function runWithModel(session: Session, reference: string): Promise<RunWithModel> {
  const run = resolveRun(session.store, reference);
  if (run.model !== null) {
    const { model } = await loadModel(session, run.runId);
    return { run, model, retrained: false };
  }
  if (run.status !== "FINISHED") {
    throw new MlctlError("usage", `run ${run.runId} (${run.family}) has no model: its status is ${run.status}`, {
      hint: "run `mlctl runs list` to see the finished runs",
    });
  }
  const text = await retrain(session, { run, dataset: datasetOf(session, run), seed: run.seed });
  return { run, model: parseModel(text, `the model of run ${run.runId}`), retrained: true };
}

/** @returns the evaluations on the rows that both models can predict, and these rows; @throws {MlctlError} kind "data" if the models have different targets, or one cannot predict the rows */
export function judgePair(
  session: Session,
  first: Model,
  second: Model,
  table: Table,
): { a: Evaluation; b: Evaluation; table: Table } {
  const [mine, theirs] = [first.signature.target, second.signature.target];
  if (JSON.stringify(mine) !== JSON.stringify(theirs)) {
    const message = "the two models have different targets or classes, so their metrics cannot be compared";
    throw new MlctlError("data", message, { hint: `${describe(mine)} vs ${describe(theirs)}` });
  }
  const costs = costsOf(session.config);
  const a = judge(first, table, costs);
  const b = judge(second, a.table, costs);
  // A model with history features may reach fewer rows.
  const both = b.table.rowCount < a.table.rowCount ? judge(first, b.table, costs) : a;
  return { a: both.evaluation, b: b.evaluation, table: b.table };
}

function describe({ name, task, classes }: Model["signature"]["target"]): string {
  return `"${name}", ${task}${classes === undefined ? "" : ` of ${classes.slice(0, 5).join(", ")}`}`;
}
