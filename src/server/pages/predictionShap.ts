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
      /** By input column, the sum over its features; largest first. */
      readonly columns: readonly ColumnShap[];
    };

export interface ColumnShap {
  readonly name: string;
  readonly value: number;
  /** What the row has in this column; undefined if the column is not one of the inputs. */
  readonly input: string | number | boolean | null | undefined;
  /** Largest first. */
  readonly features: readonly { readonly name: string; readonly value: number }[];
}

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
  const { featureNames, columns: byColumn, outputCount, baseValues, blocks, unit } = explain(model, table);
  const { classes = [], task, name: target } = model.signature.target;
  const output = outputCount === 1 ? 0 : Math.max(0, classes.indexOf(String(prediction)));
  const values = blocks[0]!.values;
  const columns = Array.from(byColumn, ([column, places]): ColumnShap => {
    const features = places.map((i) => ({ name: featureNames[i]!, value: values[output * featureNames.length + i]! }));
    const value = features.reduce((sum, each) => sum + each.value, 0);
    const input = Object.hasOwn(inputs, column) ? inputs[column] : undefined;
    return { name: column, value, input, features: features.toSorted(bySize) };
  });
  const baseValue = baseValues[output]!;
  return {
    unit: unit ?? (task === "regression" ? target : "log-odds"),
    baseValue,
    total: columns.reduce((sum, { value }) => sum + value, baseValue),
    outputName: outputCount > 1 ? (classes[output] ?? null) : task === "binary" ? (classes[1] ?? null) : null,
    columns: columns.toSorted(bySize),
  };
}

function bySize(a: { readonly value: number }, b: { readonly value: number }): number {
  return Math.abs(b.value) - Math.abs(a.value);
}
