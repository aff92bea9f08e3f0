/** How the files of this workspace are read, from the `ingest` part of config.json. */
import type { Config } from "../config/schema.ts";
import type { ReadOptions } from "../data/readOptions.ts";

/** The same for ingest, score and monitor, so that a column means the same everywhere. */
export function readingOptions({ ingest, id_columns, drop_columns }: Config): ReadOptions {
  return {
    normalizeNames: ingest.normalize_names,
    nullValues: ingest.null_values,
    types: ingest.types,
    ...(ingest.records === null ? {} : { records: ingest.records }),
    select: ingest.select,
    ...(ingest.where === null ? {} : { where: ingest.where }),
    textColumns: [...id_columns, ...drop_columns],
  };
}
