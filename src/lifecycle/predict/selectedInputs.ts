/** Rows to answer, and beside them what `ingest.select` makes of each: what the model was trained on. */
import type { RowBatch } from "../../data/rowBatch.ts";
import { selectedRows } from "../../data/stream/selectedRows.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";

/** `where` and dedupe make a dataset; every row that is asked about has its answer. */
export function selectedInputs(
  { config, store, context }: Session,
  { model, run }: LoadedModel,
  rows: AsyncIterable<RowBatch>,
): AsyncIterable<RowBatch> {
  const { inputs, reading } = model.signature;
  const { select, types } = config.ingest;
  // The store is not asked for nothing: answers need none.
  if (Object.keys(select).length === 0) return rows;
  const recorded = run === null ? [] : (store.dataset(run.datasetId)?.columns ?? []);
  const onNote = (message: string): void => context.emit({ type: "warning", stage: "predict", message });
  return selectedRows(rows, { select, wanted: inputs, recorded, types, nullValues: reading.nullValues, onNote });
}
