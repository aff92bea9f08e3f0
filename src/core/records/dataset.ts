/** Dataset: the record that ingest leaves beside finaldata_<stamp>.csv. */
import type { Artifact } from "./artifact.ts";

/** One input file that went into a dataset. */
export interface SourceFile {
  /** Relative to the workspace where it lies inside, absolute otherwise; forward slashes. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Rows read from it, before `where` and dedupe. */
  readonly rows: number;
}

/** A column as it stands in the CSV: the type is DuckDB's, so that it is read back as it was written. */
export interface DatasetColumn {
  readonly name: string;
  readonly type: string;
}

/** A file that could not be read, set aside. */
export interface RejectedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly reason: string;
  /** First line at fault, counted from 1, where the format has lines. */
  readonly line?: number;
  /** Where the copy lies, relative to the workspace. */
  readonly copy?: string;
}

export interface Dataset {
  readonly kind: "dataset";
  /** The stamp of its artifacts. */
  readonly datasetId: string;
  readonly createdAt: string;
  readonly artifact: Artifact;
  readonly rows: number;
  readonly columns: readonly DatasetColumn[];
  /** The input folder as configured: only datasets of one folder accumulate. */
  readonly inputFolder: string;
  readonly files: readonly SourceFile[];
  readonly rejected: readonly RejectedFile[];
  readonly duplicatesRemoved: number;
  /** Hash of the `ingest` part of the configuration, with the columns it names. */
  readonly ingestSha256: string;
  /** Wall time of the ingestion. */
  readonly seconds: number;
}
