/** SHAP values of one logged prediction, from the model that made it. */
import { attempt } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import { explain } from "../../pipeline/predict/explain.ts";
import { rowReader } from "../../pipeline/rows/rowReader.ts";
import type { LogEntry } from "../../storage/predictionLog/logReader.ts";
import type { PageRequest } from "./frame/page.ts";
import { recordedModel } from "./recordedModel.ts";

export type PredictionShap =
  | { readonly reason: string }
  | {
      readonly unit: string;
      readonly baseValue: number;
      readonly total: number;
      /** The class that the SHAP values refer to: the predicted class, or the second of two; null in regression. */
      readonly outputName: string | null;
      /** Largest first. */
      readonly contributions: readonly { readonly name: string; readonly value: number }[];
    };

export function predictionShap(request: PageRequest, entry: LogEntry): PredictionShap {
  const model = modelOf(request, entry);
  if (model === null)
    return {
      reason:
        "The model of this prediction is no longer stored here, cannot be read, or is too large for this page. Next step: mlctl explain, which has no size limit.",
    };
  return attempt<PredictionShap, PredictionShap>(
    () => explained(model, entry),
    ({ message }) => ({ reason: `This prediction cannot be explained: ${message}.` }),
  );
}

function modelOf(request: PageRequest, { modelSha256, runId }: LogEntry): Model | null {
  const served = request.state.serving?.served;
  if (served?.deployment.model.sha256 === modelSha256) return served.model;
  const run = runId === null ? undefined : request.session.store.run(runId);
  return run?.model?.sha256 === modelSha256 ? recordedModel(request, run) : null;
}

function explained(model: Model, { inputs, prediction }: LogEntry): PredictionShap {
  const names = model.signature.inputs.map(({ name }) => name);
  const row = names.map((name) => (Object.hasOwn(inputs, name) ? inputs[name]! : null));
  const { table } = rowReader(model.signature, names)([row]);
  const { featureNames, outputCount, baseValues, blocks, unit } = explain(model, table);
  const { classes = [], task, name: target } = model.signature.target;
  const output = outputCount === 1 ? 0 : Math.max(0, classes.indexOf(String(prediction)));
  const values = blocks[0]!.values;
  const contributions = featureNames.map((name, i) => ({ name, value: values[output * featureNames.length + i]! }));
  const baseValue = baseValues[output]!;
  return {
    unit: unit ?? (task === "regression" ? target : "log-odds"),
    baseValue,
    total: contributions.reduce((sum, { value }) => sum + value, baseValue),
    outputName: outputCount > 1 ? (classes[output] ?? null) : task === "binary" ? (classes[1] ?? null) : null,
    contributions: contributions.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)),
  };
}
