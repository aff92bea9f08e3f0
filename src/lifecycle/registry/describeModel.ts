/** models show: what a model is, how good it is and where it was deployed, without values of the training rows. */
import { importanceUnit } from "../../estimators/findEstimator.ts";
import { describedInput } from "../predict/servedModel.ts";
import { loadModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { deploymentsOf } from "./models.ts";
import { importanceByColumn, importanceLabel } from "../settings.ts";

export type DescribedModel = Awaited<ReturnType<typeof describeModel>>;

export async function describeModel(session: Session, reference: string) {
  const { path, sha256, model, run } = await loadModel(session, reference);
  const { codeVersion, estimator, threshold, calibration = null, metrics, lineage, signature } = model;
  const described = {
    family: estimator.family,
    params: estimator.params,
    threshold,
    calibration,
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
