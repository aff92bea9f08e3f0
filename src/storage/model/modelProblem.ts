/** Validates the structure of a model file, because an edited file can have a correct, recomputed checksum. */
import { isObject } from "../../core/json.ts";
import type { Model } from "../../core/records/model.ts";
import { valueFormat } from "../../core/text/valueFormat.ts";

const kinds = new Set<unknown>(["number", "category", "date"]);
const tasks = new Set<unknown>(["regression", "binary", "multiclass"]);

/** @returns the first invalid key, or undefined. Each model family checks its own `estimator.state` */
export function modelProblem(model: Model): string | undefined {
  const { signature, transforms, estimator, baseline, importance, lineage, reference, metrics } = model;
  const checks: readonly (readonly [string, boolean])[] = [
    ["version", Number.isInteger(model.version)],
    ["codeVersion", typeof model.codeVersion === "string"],
    ["signature", isObject(signature)],
    ["signature.inputs", isList(signature?.inputs, isInput) && areDistinct(signature.inputs.map(({ name }) => name))],
    [
      "signature.target",
      isObject(signature?.target) && isString(signature.target.name) && tasks.has(signature.target.task),
    ],
    ["signature.target.classes", isList(signature?.target?.classes ?? [], isString)],
    ["signature.reading", isObject(signature?.reading) && isList(signature.reading.nullValues, isString)],
    ["signature.reading.formats", Object.values(signature?.reading?.formats ?? {}).every(isFormat)],
    ["transforms", isList(transforms, (each) => isObject(each) && isString(each.type) && isObject(each.state))],
    ["estimator", isFitted(estimator)],
    ["baseline", isFitted(baseline)],
    ["threshold", model.threshold === null || isNumber(model.threshold)],
    ["calibration", model.calibration === undefined || isObject(model.calibration)],
    ["metrics", isObject(metrics) && Object.values(metrics).every((value) => value === null || isNumber(value))],
    ["importance", isList(importance, (each) => Array.isArray(each) && isString(each[0]) && isNumber(each[1]))],
    ["lineage", isObject(lineage) && isString(lineage.datasetSha256) && isNumber(lineage.seed)],
    ["reference", isObject(reference) && isObject(reference.columns) && isNumber(reference.rows)],
    ["reference.columns", Object.values(reference?.columns ?? {}).every(isReference)],
    ["reference.prediction", reference?.prediction === null || isReference(reference?.prediction)],
    ["reference.target", reference?.target === undefined || isReference(reference.target)],
  ];
  return checks.find(([, holds]) => !holds)?.[0];
}

function isFormat(value: unknown): boolean {
  return isString(value) && valueFormat(value) !== undefined;
}

function isInput(value: unknown): boolean {
  if (!isObject(value) || !isString(value["name"]) || !kinds.has(value["kind"])) return false;
  const { missingShare, minimum = 0, maximum = 0, categories = [] } = value;
  return isNumber(missingShare) && isNumber(minimum) && isNumber(maximum) && isList(categories, isString);
}

function isFitted(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { family, params, featureNames, task, classCount, state } = value;
  const isSized =
    Number.isInteger(classCount) && isList(featureNames, isString) && areDistinct(featureNames as string[]);
  return isString(family) && isObject(params) && tasks.has(task) && isSized && isObject(state);
}

function isReference(value: unknown): boolean {
  if (!isObject(value) || !kinds.has(value["kind"]) || !isNumber(value["count"]) || !isNumber(value["missing"]))
    return false;
  if (value["kind"] === "category")
    return isList(value["counts"], (each) => Array.isArray(each) && isString(each[0]) && isNumber(each[1]));
  return isList(value["quantiles"], isNumber) && isList(value["sample"], isNumber);
}

function isList(value: unknown, holds: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** Rejects Infinity, which JSON.parse makes of 1e999. */
function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
