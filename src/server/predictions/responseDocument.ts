/** Predictions as JSON: one object for one row, lists for several. */
import type { Config } from "../../config/schema/schema.ts";
import { freeNames } from "../../lifecycle/predict/predictedValues.ts";
import type { RowFinding } from "../../lifecycle/predict/checkRows.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import { MOST_FINDINGS, type Predictions } from "./servedPredictor.ts";
import type { RequestRows } from "./requestRows.ts";

type Document = Readonly<Record<string, unknown>>;

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

/** @returns a function to the probabilities of a row by class; undefined in regression */
export function classShares(labels: ServedModel["labels"]): (shares: readonly number[] | null) => Document | undefined {
  const names = labels?.map(String) ?? [];
  return (shares) =>
    shares === null ? undefined : Object.fromEntries(shares.map((share, code) => [names[code]!, share]));
}

/** @param serve as configured @returns a function to one response */
export function responseDocument({ serve }: Pick<Config, "serve">, { runId, labels }: ServedModel) {
  const names = responseNames(serve);
  const byClass = classShares(labels);
  const version = { [names.version]: runId };
  return ({ rows, single }: RequestRows, { predictions, warnings }: Predictions, extra: Document = {}): Document => {
    const isEchoed = (name: string): boolean => rows.some((row) => Object.hasOwn(row, name));
    const echoed = (valueOf: (name: string) => unknown): Document =>
      Object.fromEntries(serve.echo.filter(isEchoed).map((name) => [name, valueOf(name)]));
    const end = { ...extra, ...warningMembers(warnings) };
    if (single) {
      const { value, probability, shares, id } = predictions[0]!;
      const sure = labels && { [names.probability]: probability, [names.probabilities]: byClass(shares) };
      const own = echoed((name) => scalar(rows[0]![name]));
      return { [names.prediction]: value, ...own, ...sure, ...version, [names.id]: id, ...end };
    }
    const sure = labels && {
      [names.probabilities]: predictions.map(({ probability }) => probability),
      [names.classProbabilities]: predictions.map(({ shares }) => byClass(shares)),
    };
    return {
      [names.predictions]: predictions.map(({ value }) => value),
      ...echoed((name) => rows.map((row) => scalar(row[name]))),
      ...sure,
      ...version,
      [names.ids]: predictions.map(({ id }) => id),
      ...end,
    };
  };
}

/** The members of a response with its warnings. */
export function warningMembers(warnings: readonly RowFinding[]): Document {
  const more = warnings.length > MOST_FINDINGS && { warning_count: warnings.length };
  return { warnings: warnings.slice(0, MOST_FINDINGS), ...more };
}

/** Nested values are not echoed: they may be of any depth. */
function scalar(value: unknown): unknown {
  return typeof value === "object" ? null : (value ?? null);
}
