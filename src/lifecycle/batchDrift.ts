/** Drift of a table against what a model was trained on: inputs, answers and truth, by the rules of config.json. */
import type { DriftReport } from "../core/drift.ts";
import type { Model } from "../core/model.ts";
import type { Column, Table } from "../core/table.ts";
import { answersAndTruth } from "../monitoring/answersAndTruth.ts";
import { driftReport } from "../monitoring/driftReport.ts";
import { prepareRows, truthOf } from "../monitoring/prepareRows.ts";
import { driftOptions } from "./driftOptions.ts";
import type { Session } from "./session.ts";
import { warnOfUnknownColumns } from "./warnOfUnknownColumns.ts";

/** The same for diagnose, fullprocess and report, so that they agree. @param answers where the model was asked already */
export function batchDrift(
  session: Pick<Session, "config" | "context">,
  { model, table, answers }: { readonly model: Model; readonly table: Table; readonly answers?: Column },
): DriftReport {
  const { config } = session;
  warnOfUnknownColumns(session, model);
  const { target } = model.signature;
  const rows =
    answers === undefined
      ? prepareRows(model, table, { timeColumn: null, round: config.serve.round, known: [] })
      : { yPred: new Float64Array(0), yTrue: truthOf(table, target).yTrue };
  const columns = answersAndTruth(rows, target);
  const prediction = answers === undefined ? {} : { prediction: answers };
  return driftReport(model.reference, table, { ...driftOptions(config), ...columns, ...prediction });
}
