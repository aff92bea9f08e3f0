/** Dataset: the record that ingest writes next to finaldata_<stamp>.csv. */
import type { Artifact } from "./artifact.ts";

export interface SourceFile {
  /** Relative to the workspace if inside it, absolute otherwise; forward slashes. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Rows read, before `where` and dedupe. */
  readonly rows: number;
}

/** A column of the CSV with its DuckDB type, so that it is read back as it was written. */
export interface DatasetColumn {
  readonly name: string;
  readonly type: string;
  /** How its numbers or dates are written in the input files, unless plainly: "1.234,5 €" or "%d.%m.%Y". */
  readonly format?: string;
}

export interface RejectedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly reason: string;
  readonly line?: number;
  readonly copy?: string;
}

export interface Dataset {
  readonly kind: "dataset";
  /** The timestamp in the names of its artifacts. */
  readonly datasetId: string;
  readonly createdAt: string;
  readonly artifact: Artifact;
  readonly rows: number;
  readonly columns: readonly DatasetColumn[];
  /** The input folder as configured; only datasets of the same folder accumulate. */
  readonly inputFolder: string;
  readonly files: readonly SourceFile[];
  readonly rejected: readonly RejectedFile[];
  readonly duplicatesRemoved: number;
  /** Hash of the `ingest` section of config.json and the columns it names. */
  readonly ingestSha256: string;
  readonly seconds: number;
}
