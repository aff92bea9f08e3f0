/** Compares the training data of two runs. */
import type { Dataset } from "../../core/records/lineage.ts";
import { conformLeniently } from "../../monitoring/conformLeniently.ts";
import { driftReport } from "../../monitoring/driftReport.ts";
import { driftOptions } from "../settings.ts";
import type { RunWithModel } from "./retrain.ts";
import type { Session } from "../session.ts";
import { readableDataset } from "../datasets.ts";

/** Added and removed columns, files (by content), and columns of another type; empty if a dataset is not known any more. */
export async function diffData(session: Session, a: RunWithModel, b: RunWithModel) {
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

function side({ run }: RunWithModel, dataset: Dataset | undefined) {
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

/**
 * Columns of the second dataset that drifted from the training rows of the first run, by the rules of config.json.
 * @returns null for `moved` if it is unknown; `movedReason` says why
 */
async function movedColumns(
  session: Session,
  { a, second, same }: { a: RunWithModel; second: Dataset | undefined; same: boolean },
) {
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
