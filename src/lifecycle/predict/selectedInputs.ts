/** Rows to predict, each with the columns that `ingest.select` makes of it: those that the model was trained on. */
import type { RowBatch } from "../../data/rowBatch.ts";
import { selectedRows } from "../../data/stream/selectedRows.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";

/** `where` and dedupe shape datasets only: every row of the input gets its prediction. */
export function selectedInputs(
  { config, store, context }: Session,
  { model, run }: LoadedModel,
  rows: AsyncIterable<RowBatch>,
): AsyncIterable<RowBatch> {
  const { inputs, reading } = model.signature;
  const { select, types } = config.ingest;
  // Without `select` the store is not needed.
  if (Object.keys(select).length === 0) return rows;
  const recorded = run === null ? [] : (store.dataset(run.datasetId)?.columns ?? []);
  const onNote = (message: string): void => context.emit({ type: "warning", stage: "predict", message });
  return selectedRows(rows, { select, wanted: inputs, recorded, types, nullValues: reading.nullValues, onNote });
}
