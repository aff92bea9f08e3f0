/** Puts a fitted candidate together with all that a model file says of itself. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Model } from "../../core/records/model.ts";
import { MODEL_VERSION } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import type { ColumnSpec, Signature } from "../../core/table/signature.ts";
import { requiredColumns } from "../../features/requiredColumns.ts";
import { fitBaseline } from "../../pipeline/fit/fitBaseline.ts";
import type { FittedCandidate } from "../../pipeline/fit/fitCandidate.ts";
import { predictionColumn } from "../../pipeline/rows/predictionColumn.ts";
import { signatureOf } from "../../pipeline/rows/signatureOf.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import type { TrainedCandidate } from "./trainCandidates.ts";
import type { PreparedData } from "./trainingData.ts";
import type { Workspace } from "../workspace.ts";

/** No clock, run id or path goes in: the same data, configuration and seed give the same model, byte for byte. */
export async function buildModel(
  { config, configSha256, codeVersion }: Workspace,
  dataset: Dataset,
  data: PreparedData,
  { candidate, fitted, metrics }: TrainedCandidate,
): Promise<Omit<Model, "sha256">> {
  if (fitted === undefined) throw new TypeError("a candidate that failed has no model");
  const part = data.parts().training;
  const training = neededInputs(part.inputs, fitted);
  const reading = { nullValues: config.ingest.null_values, normalizeNames: config.ingest.normalize_names };
  return {
    format: "mlctl-model",
    version: MODEL_VERSION,
    codeVersion,
    signature: openInTime(signatureOf(training, data.target, reading), config.time_column),
    transforms: fitted.transforms,
    estimator: fitted.estimator,
    baseline: await fitBaseline(data, data.split.training),
    threshold: fitted.threshold,
    ...(fitted.calibration === undefined ? {} : { calibration: fitted.calibration }),
    metrics,
    importance: fitted.importance,
    lineage: {
      datasetSha256: dataset.artifact.sha256,
      configSha256,
      seed: candidate.seed,
      featureSet: candidate.featureSet,
      trainingRows: data.split.training.length,
      validationRows: data.split.validation.length,
    },
    reference: referenceOf(training, {
      seed: candidate.seed,
      prediction: predictionColumn(data.target, fitted.evaluation.yPred),
      target: predictionColumn(data.target, part.y),
    }),
  };
}

/** Models are made for later dates: that a row happened after training is no oddity. */
function openInTime(signature: Signature, timeColumn: string | null): Signature {
  const inputs = signature.inputs.map((spec) => (spec.name === timeColumn ? withoutRange(spec) : spec));
  return { ...signature, inputs };
}

function withoutRange({ minimum: _minimum, maximum: _maximum, ...spec }: ColumnSpec): ColumnSpec {
  return spec;
}

/** Only the columns that the transforms read: nobody needs to send a column that was dropped. */
function neededInputs(inputs: Table, { transforms }: FittedCandidate): Table {
  const needed = requiredColumns(transforms);
  return { ...inputs, columns: inputs.columns.filter(({ name }) => needed.has(name)) };
}
