/** Streams the rows of a CSV request. */
import type { Config } from "../../config/schema/schema.ts";
import type { RowBatch } from "../../data/rowBatch.ts";
import { readRows } from "../../data/stream/rows.ts";
import { csvLine } from "../../data/stream/writeRows.ts";
import { csvOfModel } from "../settings.ts";
import type { ServedModel } from "./servedModel.ts";

/** Small enough that other requests are handled between two batches. */
export const BATCH_ROWS = 500;

/** As `mlctl predict` reads them. @throws {MlctlError} kind "data" with the line that cannot be read */
export function requestBatches(
  body: AsyncIterable<Buffer>,
  { model: { signature } }: ServedModel,
  config: Config,
): AsyncGenerator<RowBatch> {
  const { normalizeNames } = signature.reading;
  const csv = csvOfModel(config, signature);
  return readRows(body, { format: "csv", normalizeNames, csv, batchSize: BATCH_ROWS, name: "the body" });
}

export { csvLine };
