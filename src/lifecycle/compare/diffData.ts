/** Compares the training data of two runs. */
import type { ColumnDrift } from "../../core/records/drift.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import type { Run } from "../../core/records/run.ts";
import { conformLeniently } from "../../monitoring/conformLeniently.ts";
import { driftReport } from "../../monitoring/driftReport.ts";
import { driftOptions } from "../settings.ts";
import type { RunWithModel } from "./retrain.ts";
import type { Session } from "../session.ts";
import { readableDataset } from "../datasets.ts";

interface DataSide extends Pick<Run, "datasetId" | "trainingRows" | "validationRows"> {
  readonly sha256: string;
  /** Rows of the whole dataset; null if its record is missing. */
  readonly rows: number | null;
  readonly columnCount: number | null;
  readonly files: number | null;
}

type MovedColumn = Pick<ColumnDrift, "test" | "value" | "psi"> & { readonly column: string };

export interface DataDifference {
  readonly same: boolean;
  readonly a: DataSide;
  readonly b: DataSide;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly column: string; readonly a: string; readonly b: string }[];
  /** Files only in the second dataset, by content. */
  readonly filesAdded: readonly string[];
  /** Files only in the first dataset, by content. */
  readonly filesRemoved: readonly string[];
  /** Null if it is unknown; `movedReason` says why. */
  readonly moved: readonly MovedColumn[] | null;
  readonly movedReason: string | null;
}

export async function diffData(session: Session, a: RunWithModel, b: RunWithModel): Promise<DataDifference> {
  const [first, second] = [session.store.dataset(a.run.datasetId), session.store.dataset(b.run.datasetId)];
  const same = a.run.datasetSha256 === b.run.datasetSha256;
  const [types, otherTypes] = [typesOf(first), typesOf(second)];
  const bothKnown = first !== undefined && second !== undefined;
  return {
    same,
    a: side(a, first),
    b: side(b, second),
    added: bothKnown ? [...otherTypes.keys()].filter((name) => !types.has(name)) : [],
    removed: bothKnown ? [...types.keys()].filter((name) => !otherTypes.has(name)) : [],
    changed: [...types].flatMap(([column, type]) => {
      const other = otherTypes.get(column);
      return other === undefined || other === type ? [] : [{ column, a: type, b: other }];
    }),
    filesAdded: missingFiles(second, first),
    filesRemoved: missingFiles(first, second),
    ...(await movedColumns(session, { a, second, same })),
  };
}

function side({ run }: RunWithModel, dataset: Dataset | undefined): DataSide {
  const { datasetId, datasetSha256: sha256, trainingRows, validationRows } = run;
  const [columnCount, files] = [dataset?.columns.length ?? null, dataset?.files.length ?? null];
  return { datasetId, sha256, rows: dataset?.rows ?? null, columnCount, files, trainingRows, validationRows };
}

function typesOf(dataset: Dataset | undefined): Map<string, string> {
  return new Map(dataset?.columns.map(({ name, type }) => [name, type]));
}

function missingFiles(from: Dataset | undefined, other: Dataset | undefined): string[] {
  if (from === undefined || other === undefined) return [];
  const known = new Set(other.files.map(({ sha256 }) => sha256));
  return from.files.filter(({ sha256 }) => !known.has(sha256)).map(({ path }) => path);
}

/** Compares the second dataset with the training rows of the first run, by the drift rules of config.json. */
async function movedColumns(
  session: Session,
  { a, second, same }: { a: RunWithModel; second: Dataset | undefined; same: boolean },
): Promise<Pick<DataDifference, "moved" | "movedReason">> {
  if (same) return { moved: [], movedReason: null };
  const table = await readableDataset(session, second);
  if (table === undefined) return { moved: null, movedReason: "the second dataset is missing or has changed" };
  const { inputs } = conformLeniently(table, a.model.signature);
  const { columns } = driftReport(a.model.reference, inputs, driftOptions(session.config));
  const moved = Object.entries(columns).flatMap(([column, { drifted, test, value, psi }]) =>
    drifted ? [{ column, test, value, psi }] : [],
  );
  return { moved, movedReason: null };
}
