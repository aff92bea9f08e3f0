/** Drift of the new rows of a table compared with a model's training data: inputs, predictions and labels. */
import type { DriftReport } from "../../core/records/drift.ts";
import type { Model } from "../../core/records/model.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import { predictionsAndLabels } from "../../monitoring/predictionsAndLabels.ts";
import { conformLeniently } from "../../monitoring/conformLeniently.ts";
import { driftReport, type DriftOptions } from "../../monitoring/driftReport.ts";
import { prepareRows, selectPredicted } from "../../monitoring/prepareRows.ts";
import { driftOptions } from "../settings.ts";
import type { Session } from "../session.ts";
import type { NewRows } from "./newRows.ts";
import { didYouMean } from "../../core/text/suggest.ts";

/** The reason of every column if there are no new rows. */
const NOTHING_NEW = "no new rows";

/** Computes the drift of new rows by the rules of config.json. Shared by diagnose and report. */
export function batchDrift(
  session: Pick<Session, "config" | "context">,
  { model, table, fresh }: { readonly model: Model; readonly table: Table; readonly fresh: NewRows },
): DriftReport {
  const { config } = session;
  warnOfUnknownColumns(session, model);
  const { target } = model.signature;
  const { positions } = fresh;
  const counts = countsOf(fresh);
  if (positions.length === 0) return { ...nothingNew(model, table, driftOptions(config)), ...counts };
  const options = { timeColumn: null, round: config.serve.round, known: [], asked: positions };
  const rows = selectPredicted(prepareRows(model, table, options), positions);
  const columns = predictionsAndLabels(rows, target);
  const compared = positions.length === table.rowCount ? table : selectRows(table, positions);
  const { inputs } = conformLeniently(compared, model.signature);
  return { ...driftReport(model.reference, inputs, { ...driftOptions(config), ...columns }), ...counts };
}

/** What is known of the other rows of the dataset. */
export function countsOf({ known, earlier = 0 }: NewRows): Pick<DriftReport, "knownRows" | "earlierRows"> {
  if (known === undefined) return {};
  return { knownRows: known, ...(earlier === 0 ? {} : { earlierRows: earlier }) };
}

function nothingNew({ reference }: Model, table: Table, options: DriftOptions): DriftReport {
  const report = driftReport(reference, selectRows(table, []), options);
  const columns = Object.entries(report.columns).map(
    ([name, column]) => [name, { ...column, skipped: NOTHING_NEW }] as const,
  );
  return { ...report, columns: Object.fromEntries(columns), target: null };
}

/** Warns about configured columns that the model does not have. Not an error, because the model may be older than the column. */
export function warnOfUnknownColumns({ config, context }: Pick<Session, "config" | "context">, model: Model): void {
  const known = [...Object.keys(model.reference.columns), model.signature.target.name, "prediction"];
  for (const name of Object.keys(config.monitor.drift.columns)) {
    if (known.includes(name)) continue;
    context.emit({
      type: "warning",
      stage: "drift",
      message: `config.json: monitor.drift.columns has "${name}", but the model was not trained on that column`,
      hint: didYouMean(name, known) ?? 'use an input of the model, its target, or "prediction"',
    });
  }
}
