/** Writes predictions as JSON: one object for one row, lists for several. */
import type { Config } from "../../config/schema/schema.ts";
import { freeNames } from "../../lifecycle/predict/predictedValues.ts";
import type { RowFinding } from "../../lifecycle/predict/checkRows.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import { MOST_FINDINGS } from "./servedPredictor.ts";
import type { Predictions } from "./servedPredictor.ts";
import type { RequestRows } from "./requestRows.ts";

/** The members of a response, for one row and for several. A column that is echoed keeps its name: the member gets another. */
export function responseNames({ response_key, echo }: Pick<Config["serve"], "response_key" | "echo">) {
  const key = (name: string): string => freeNames([name], echo)[0]!;
  return {
    prediction: key(response_key ?? "prediction"),
    predictions: key(response_key ?? "predictions"),
    probability: key("probability"),
    probabilities: key("probabilities"),
    classProbabilities: key("class_probabilities"),
    version: key("model_version"),
    id: key("prediction_id"),
    ids: key("prediction_ids"),
  };
}

/** @returns a function that writes the probabilities of a row's classes: {"no":0.25,"yes":0.75} */
export function classesText(labels: ServedModel["labels"]): (shares: readonly number[]) => string {
  const keys = (labels ?? []).map((label) => `${JSON.stringify(String(label))}:`);
  return (shares) => `{${shares.map((share, code) => keys[code]! + share).join(",")}}`;
}

/** @returns a function that writes one response, its constant parts written once */
export function responseText(
  { serve }: Pick<Config, "serve">,
  { runId, labels }: Pick<ServedModel, "runId" | "labels">,
): (request: RequestRows, predictions: Predictions, extra?: Readonly<Record<string, unknown>>) => string {
  const names = responseNames(serve);
  const keys = Object.entries(names).map(([member, name]) => [member, JSON.stringify(name)]);
  const key = Object.fromEntries(keys) as typeof names;
  const textOf = classesText(labels);
  const version = `,${key.version}:${JSON.stringify(runId)},`;
  const echoed = serve.echo.map((name) => [name, `,${JSON.stringify(name)}:`] as const);
  return ({ rows, single }, { values, probabilities, shares, predictionIds, warnings }, extra) => {
    const members = extra === undefined ? "" : `,${JSON.stringify(extra).slice(1, -1)}`;
    const end = `${members}${warningsText(warnings)}}`;
    if (single) {
      let text = `{${key.prediction}:${JSON.stringify(values[0])}`;
      for (const [name, start] of echoed) if (Object.hasOwn(rows[0]!, name)) text += start + scalarText(rows[0]![name]);
      if (probabilities !== null)
        text += `,${key.probability}:${probabilities[0]},${key.probabilities}:${textOf(shares!(0))}`;
      return `${text}${version}${key.id}:"${predictionIds[0]!}"${end}`;
    }
    let text = `{${key.predictions}:${JSON.stringify(values)}`;
    for (const [name, start] of echoed) {
      if (rows.some((row) => Object.hasOwn(row, name)))
        text += `${start}[${rows.map((row) => scalarText(row[name])).join(",")}]`;
    }
    if (probabilities !== null) {
      const all = probabilities.map((_, row) => textOf(shares!(row))).join(",");
      text += `,${key.probabilities}:${JSON.stringify(probabilities)},${key.classProbabilities}:[${all}]`;
    }
    return `${text}${version}${key.ids}:${JSON.stringify(predictionIds)}${end}`;
  };
}

/** The member of a response with its warnings, after a comma. */
export function warningsText(warnings: readonly RowFinding[]): string {
  if (warnings.length === 0) return ',"warnings":[]';
  const more = warnings.length <= MOST_FINDINGS ? "" : `,"warning_count":${warnings.length}`;
  return `,"warnings":${JSON.stringify(warnings.slice(0, MOST_FINDINGS))}${more}`;
}

/** Nested values are not echoed: they may be of any depth. */
function scalarText(value: unknown): string {
  return typeof value === "object" || value === undefined ? "null" : JSON.stringify(value);
}
