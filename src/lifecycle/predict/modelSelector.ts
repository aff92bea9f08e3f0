/** `ingest.select` for the rows that a model predicts. */
import type { Config } from "../../config/schema/schema.ts";
import type { Model } from "../../core/records/model.ts";
import type { RowBatch } from "../../data/rowBatch.ts";
import type { SelectOptions } from "../../data/stream/boundSelect.ts";
import { rowSelector, type RowSelector } from "../../data/stream/selectedRows.ts";

export type { RowBatch, RowSelector };

/** `recorded`: columns of the dataset that the model was trained on; empty if it is unknown. */
export type SelectionTools = Pick<SelectOptions, "recorded" | "onNote" | "maxSeconds">;

/**
 * The expressions that compute columns of the model. `where` and dedupe shape datasets only: every row gets its prediction.
 */
export function selectOptions({ ingest }: Config, { signature }: Model, tools: SelectionTools): SelectOptions {
  const { inputs, reading } = signature;
  return { select: ingest.select, types: ingest.types, wanted: inputs, nullValues: reading.nullValues, ...tools };
}

/** Undefined if no expression computes a column of the model. */
export function modelSelector(config: Config, model: Model, tools: SelectionTools): RowSelector | undefined {
  return rowSelector(selectOptions(config, model, tools));
}
