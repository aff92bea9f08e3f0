/** models show: what a model is, how good it is and where it was deployed, without values of the training rows. */
import type { Model } from "../../core/records/model.ts";
import type { ColumnSpec } from "../../core/table/table.ts";
import { importanceUnit } from "../../estimators/findEstimator.ts";
import { loadModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { deploymentsOf } from "./models.ts";
import { importanceByColumn, importanceLabel } from "../settings.ts";

/** Categories of fewer training rows are counted, not listed: they may be a person's name or address. */
const LEAST_ROWS = 10;

export interface DescribedInput extends ColumnSpec {
  /** Number of categories; `categories` has those of at least ten training rows. Absent for numbers and dates. */
  readonly categoryCount?: number;
}

export type DescribedModel = Awaited<ReturnType<typeof describeModel>>;

export async function describeModel(session: Session, reference: string) {
  const { path, sha256, model, run } = await loadModel(session, reference);
  const { codeVersion, estimator, threshold, calibration = null, metrics, lineage, signature } = model;
  const described = {
    family: estimator.family,
    params: estimator.params,
    threshold,
    // Isotonic regression stores scores of rows.
    calibration: calibration?.method === "isotonic" ? { ...calibration, x: [], y: [] } : calibration,
    metrics,
    transforms: model.transforms.map(({ type }) => type),
    target: signature.target,
    inputs: signature.inputs.map((spec) => describedInput(spec, model)),
    importance: importanceByColumn(model),
    importanceMeasure: importanceLabel(estimator.family),
    importanceUnit: importanceUnit(estimator.family).key,
    lineage,
    codeVersion,
  };
  return { path, sha256, model: described, run, deployments: deploymentsOf(session, run) };
}

function describedInput(spec: ColumnSpec, { reference }: Model): DescribedInput {
  const { categories } = spec;
  if (categories === undefined) return spec;
  const known = reference.columns[spec.name];
  const rows = new Map(known?.kind === "category" ? known.counts : []);
  const frequent = categories.filter((name) => (rows.get(name) ?? 0) >= LEAST_ROWS);
  return { ...spec, categories: frequent, categoryCount: categories.length };
}
