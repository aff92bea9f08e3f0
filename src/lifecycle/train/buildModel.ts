/** Builds the content of a model file from a fitted candidate. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Model } from "../../core/records/model.ts";
import { MODEL_VERSION } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import type { ColumnSpec, Signature } from "../../core/table/signature.ts";
import { requiredColumns } from "../../features/fitTransforms.ts";
import { fitBaseline } from "../../pipeline/fit/fitBaseline.ts";
import type { FittedCandidate } from "../../pipeline/fit/fitCandidate.ts";
import { predictionColumn } from "../../pipeline/rows/predictionColumn.ts";
import { signatureOf } from "../../pipeline/rows/signatureOf.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import type { TrainedCandidate } from "./trainOne.ts";
import type { PreparedData } from "./trainingData.ts";
import { nullStrings } from "../settings.ts";
import type { Workspace } from "../workspace.ts";

/** Contains no time, run id or path: the same data, configuration and seed give the same model, byte for byte. */
export async function buildModel(
  { config, configSha256, codeVersion }: Workspace,
  dataset: Dataset,
  data: PreparedData,
  { candidate, fitted: chosen, final, metrics }: TrainedCandidate,
): Promise<Omit<Model, "sha256">> {
  const fitted = final ?? chosen;
  if (fitted === undefined) throw new TypeError("a failed candidate has no model");
  const part = final === undefined ? data.parts().training : data;
  const rows = final === undefined ? data.split.training : Int32Array.from(data.y.keys());
  const training = neededInputs(part.inputs, fitted);
  const reading = {
    nullValues: nullStrings(config),
    normalizeNames: config.ingest.normalize_names,
    trim: config.ingest.trim,
    formats: formatsOf(dataset),
  };
  return {
    format: "mlctl-model",
    version: MODEL_VERSION,
    codeVersion,
    signature: openInTime(signatureOf(training, data.target, reading), config.time_column),
    transforms: fitted.transforms,
    estimator: fitted.estimator,
    baseline: await fitBaseline(data, rows),
    threshold: fitted.threshold,
    ...(fitted.calibration === undefined ? {} : { calibration: fitted.calibration }),
    metrics,
    importance: fitted.importance,
    lineage: {
      datasetSha256: dataset.artifact.sha256,
      configSha256: configSha256(),
      seed: candidate.seed,
      featureSet: candidate.featureSet,
      trainingRows: rows.length,
      validationRows: data.split.validation.length,
    },
    reference: referenceOf(training, {
      seed: candidate.seed,
      prediction: predictionColumn(data.target, fitted.evaluation.yPred),
      target: predictionColumn(data.target, part.y),
    }),
  };
}

/** How numbers and dates are written in the input files, also of columns that are no inputs, such as the target. */
function formatsOf({ columns }: Dataset): Record<string, string> {
  return Object.fromEntries(columns.flatMap(({ name, format }) => (format === undefined ? [] : [[name, format]])));
}

/** Removes the range of the time column: later dates than those of training are expected, not out of range. */
function openInTime(signature: Signature, timeColumn: string | null): Signature {
  const inputs = signature.inputs.map((spec) => (spec.name === timeColumn ? withoutRange(spec) : spec));
  return { ...signature, inputs };
}

function withoutRange({ minimum: _minimum, maximum: _maximum, ...spec }: ColumnSpec): ColumnSpec {
  return spec;
}

/** Only the columns that the transforms read: prediction requests need no others. */
function neededInputs(inputs: Table, { transforms }: FittedCandidate): Table {
  const needed = requiredColumns(transforms);
  return { ...inputs, columns: inputs.columns.filter(({ name }) => needed.has(name)) };
}
