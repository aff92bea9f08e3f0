/** Predicts batches of rows: checks each row, predicts the good ones, and counts what was unusual. */
import { counted } from "../../core/text/format.ts";
import type { Json } from "../../core/json.ts";
import type { Model } from "../../core/records/model.ts";
import type { InputRow, RowBatch } from "../../data/rowBatch.ts";
import type { RowSources } from "../../data/stream/writeRows.ts";
import { predictor } from "../../pipeline/predict/predictor.ts";
import { addedColumns, jsonLabels, NOT_FINITE, predictedValues, predictionNames } from "./predictedValues.ts";
import { unseenNote } from "../../pipeline/rows/rowsInReach.ts";
import { checkRows, messagesByRow, type CheckRows, type RowFinding, type RowPolicy } from "./checkRows.ts";
import { isContinued, predictRows, seriesContinuer } from "./continueSeries.ts";

export interface PredictedBatch {
  readonly columns: readonly string[];
  /** The good rows as they came; their predictions are `sources.added`. */
  readonly rows: readonly (readonly Json[])[];
  readonly sources: RowSources;
  readonly rejected: readonly { readonly row: InputRow; readonly reason: string }[];
  /** What the model read of the good rows. */
  readonly inputs: { readonly columns: readonly string[]; readonly cells: readonly (readonly Json[])[] };
}

interface RowPredictorOptions {
  readonly policy: RowPolicy;
  /** The column of predictions; "prediction" if left out. */
  readonly predictionColumn?: string | undefined;
}

/** @throws {MlctlError} from `predict`, kind "data": a column is missing, or one that comes late has the name of an added one */
export function rowPredictor(model: Model, options: RowPredictorOptions, predict = predictor(model)) {
  const { policy, predictionColumn = "prediction" } = options;
  const { target } = model.signature;
  const valuesOf = predictedValues(target, { labels: jsonLabels(target) });
  const added = addedColumns(predictionNames(target, predictionColumn));
  const unusual = new Map<string, { count: number; readonly first: string }>();
  const unseen = new Set<string>();
  let [predicted, rejectedRows] = [0, 0];
  let checker: { columns: readonly string[]; check: CheckRows } | undefined;
  const count = (kind: string, place: string): void => {
    const known = unusual.get(kind);
    if (known === undefined) unusual.set(kind, { count: 1, first: place });
    else known.count++;
  };
  const continueSeries = seriesContinuer(model, policy)();
  return {
    predict(batch: RowBatch): PredictedBatch {
      const { columns, cells } = batch.inputs ?? {
        ...batch,
        cells: batch.rows.map(({ values }) => paddedTo(batch.columns.length, values)),
      };
      if (checker?.columns.length !== columns.length) {
        checker = { columns, check: checkRows(model, columns, policy) };
      }
      const checked = continueSeries(checker.check(cells));
      const { errors, warnings, continued } = checked;
      for (const { series } of [...errors, ...warnings]) if (series !== undefined) unseen.add(series);
      const reasons = reasonsOf(batch, errors);
      let good = goodRows(batch, reasons);
      let { predictions, notFinite } = valuesOf(predictRows(predict, checked, good));
      if (notFinite.length > 0) {
        for (const i of notFinite) reasons.set(good[i]!, NOT_FINITE);
        predictions = predictions.filter((_, i) => !reasons.has(good[i]!));
        good = goodRows(batch, reasons);
      }
      for (const finding of warnings.toSorted((a, b) => a.row - b.row))
        if (!reasons.has(finding.row))
          count(kindOf(finding, isContinued(finding, continued)), placeOf(batch, finding.row, finding.message));
      const refused = [...reasons].toSorted(([a], [b]) => a - b);
      for (const [row, reason] of refused) count("rejected", placeOf(batch, row, reason));
      predicted += good.length;
      rejectedRows += refused.length;
      return {
        columns: [...batch.columns, ...added.beside(batch.columns)],
        rows: good.map((row) => paddedTo(batch.columns.length, batch.rows[row]!.values)),
        sources: { isJson: batch.isJson, texts: good.map((row) => batch.rows[row]!.source), added: predictions },
        rejected: refused.map(([row, reason]) => ({ row: batch.rows[row]!, reason })),
        inputs: { columns, cells: good.map((row) => cells[row]!) },
      };
    },
    notes: added.notes,
    rows: () => predicted,
    rejected: () => rejectedRows,
    /** One line for each kind, with the number of rows and the first place. */
    warnings: () => [
      ...[...unusual].map(([kind, { count: n, first }]) => `${counted(n, "row")} ${kind}, first: ${first}`),
      ...unseenNote(unseen),
    ],
  };
}

/** As long as the header: what lies beyond it is in the reason why the row is rejected. */
export function paddedTo(width: number, values: readonly Json[]): readonly Json[] {
  return values.length === width ? values : Array.from({ length: width }, (_, at) => values[at] ?? null);
}

/** By position of the row: everything that is wrong with it. What could not be parsed has that as its only reason. */
function reasonsOf(batch: RowBatch, errors: readonly RowFinding[]): Map<number, string> {
  const reasons = messagesByRow(errors);
  batch.rows.forEach(({ problem }, row) => {
    if (problem !== undefined) reasons.set(row, problem);
  });
  return reasons;
}

function goodRows(batch: RowBatch, reasons: ReadonlyMap<number, string>): number[] {
  const good: number[] = [];
  for (let row = 0; row < batch.rows.length; row++) if (!reasons.has(row)) good.push(row);
  return good;
}

function kindOf({ column, check }: RowFinding, isForecast: boolean): string {
  if (isForecast) return "after the end of the history";
  const kinds: Partial<Record<typeof check, string>> = {
    category: "with a category not seen in training",
    declared: "with a missing value",
    empty: "with a missing value",
    row: "with the time of an earlier row",
  };
  return `${kinds[check] ?? "outside the training range"} in column "${column}"`;
}

function placeOf(batch: RowBatch, row: number, message: string): string {
  return `line ${batch.rows[row]!.line}: ${message}`;
}
