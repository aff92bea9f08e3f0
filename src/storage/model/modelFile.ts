/** Writes and reads the model file: JSON that people can read and compare, with a checksum of its content. */
import { readFileSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { MODEL_VERSION, type Model } from "../../core/records/model.ts";
import { sha256Text } from "../files/workspacePaths.ts";
import { errorCode } from "../files/atomicWrite.ts";
import { type Json, isObject } from "../../core/json.ts";
import { valueFormat } from "../../core/text/valueFormat.ts";

const RETRAIN = "restore the file from a backup, or run `mlctl train`";
const GIVE_MODEL = "give the path of a trainedmodel_<stamp>.json";
const CHECKSUM_OPENING = ',\n  "sha256": "';
const CLOSING = "\n}\n";

/**
 * The same model gives the same bytes. The checksum is the last key and covers all text before it.
 * @throws {TypeError} if a number is NaN or infinite, which JSON cannot represent
 */
export function serializeModel(model: Omit<Model, "sha256">): string {
  const { sha256: _, ...rest } = model as Model;
  return withChecksum(formatJson(rest));
}

/** @throws {MlctlError} kind "data" if the file is missing, truncated, edited, not a model, or of a newer version */
export function readModel(path: string): Model {
  return parseModel(readText(path), path);
}

/**
 * Reads the model that a record names; rejects any other model, even if it is intact.
 * @param sha256 checksum of the file in the record
 * @throws {MlctlError} kind "data" as readModel does, and if the file is not the recorded model
 */
export function readRecordedModel(path: string, sha256: string): Model {
  const model = readModel(path);
  const { sha256: _checksum, ...content } = model;
  // Serialized again, so that a file with other line ends still counts as the same.
  if (sha256Text(serializeModel(content)) === sha256) return model;
  throw failure(`${path} is not the model that was recorded`, RETRAIN);
}

/** @param path named in errors */
export function parseModel(text: string, path: string): Model {
  const value = parseJson(text, path);
  if (typeof value !== "object" || value === null || !("format" in value) || value.format !== "mlctl-model") {
    throw failure(`${path} is not an mlctl model`, GIVE_MODEL);
  }
  // The checksum detects damage. modelProblem below detects an edited model with a recomputed checksum.
  const model = value as Model;
  if (model.version > MODEL_VERSION) throw newer(model, path);
  if (!checksumMatches(text, model))
    throw failure(`the model ${path} was edited: its content does not match its checksum`, RETRAIN);
  const problem = modelProblem(model);
  if (problem !== undefined)
    throw failure(`the model ${path} is not valid: its ${problem} is missing or has an unexpected value`, RETRAIN);
  return model;
}

function withChecksum(content: string): string {
  return `${content.slice(0, -CLOSING.length)}${CHECKSUM_OPENING}${sha256Text(content)}"${CLOSING}`;
}

/** Only the content counts: a file whose line ends or spaces were changed by git or an editor still matches. */
function checksumMatches(text: string, model: Model): boolean {
  const content = `${text.slice(0, text.lastIndexOf(CHECKSUM_OPENING))}${CLOSING}`;
  if (withChecksum(content) === text) return true;
  const { sha256, ...rest } = model;
  try {
    return sha256Text(formatJson(rest)) === sha256;
  } catch (error) {
    // Infinity, which JSON.parse makes of 1e999, or nested too deeply for the stack: no model is.
    if (error instanceof TypeError || error instanceof RangeError) return false;
    throw error;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const missing = errorCode(error) === "ENOENT";
    throw failure(missing ? `there is no model ${path}` : `cannot read the model ${path}`, RETRAIN, error);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === "") throw failure(`the model ${path} is empty`, RETRAIN, error);
    if (isTruncated(text))
      throw failure(`the model ${path} is truncated after ${text.length} characters`, RETRAIN, error);
    if (/^\s*\{\s*"format":\s*"mlctl-model"/.test(text))
      throw failure(`the model ${path} was changed: it is not JSON any more`, RETRAIN, error);
    throw failure(`${path} is not an mlctl model: it is not JSON`, GIVE_MODEL, error);
  }
}

function isTruncated(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  let depth = 0;
  for (const token of text.match(/"(?:[^"\\]|\\.)*"|["{}[\]]/gs) ?? []) {
    if (token === '"') return true;
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
  }
  return depth > 0;
}

function newer(model: Model, path: string): MlctlError {
  return failure(
    `the model ${path} was written by mlctl ${model.codeVersion}, format version ${model.version}; this mlctl reads up to ${MODEL_VERSION}`,
    "update mlctl",
  );
}

function failure(message: string, hint: string, cause?: unknown): MlctlError {
  return new MlctlError("data", message, { hint, cause });
}

/** Maximum length in characters of a list on one line. */
const LINE_WIDTH = 100;
/** Numbers per row of a long list; a fixed count, so that one changed number changes one row. */
const ROW_LENGTH = 16;

/**
 * Keys keep their order, so the same value always gives the same string. Ends in a newline.
 * @param value plain data; keys whose value is undefined are left out, as by JSON.stringify
 * @throws {TypeError} with the path of a number that is NaN or infinite, which JSON.stringify would turn into null
 */
export function formatJson(value: unknown): string {
  return `${format(value as Json, "", "")}\n`;
}

function format(value: Json, indent: string, path: string): string {
  if (Array.isArray(value)) return formatList(value, indent, path);
  if (typeof value === "object" && value !== null) return formatObject(value, indent, path);
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`${path.slice(1)} is ${value}, which JSON cannot hold`);
  }
  return JSON.stringify(value);
}

function formatObject(value: object, indent: string, path: string): string {
  const inner = `${indent}  `;
  const lines: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    lines.push(`${inner}${JSON.stringify(key)}: ${format(item as Json, inner, `${path}.${key}`)}`);
  }
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
}

function formatList(list: readonly Json[], indent: string, path: string): string {
  const inner = `${indent}  `;
  const items = list.map((item, i) => format(item, inner, `${path}.${i}`));
  const isFlat = list.every((item) => typeof item !== "object" || item === null);
  const line = `[${items.join(", ")}]`;
  if (isFlat && line.length <= LINE_WIDTH) return line;
  const rows = list.every((item) => typeof item === "number") ? inRows(items) : items;
  return `[\n${inner}${rows.join(`,\n${inner}`)}\n${indent}]`;
}

function inRows(items: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(items.length / ROW_LENGTH) }, (_, i) =>
    items.slice(i * ROW_LENGTH, (i + 1) * ROW_LENGTH).join(", "),
  );
}

/** Validates the structure of a model file, because an edited file can have a correct, recomputed checksum. */
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
    ["calibration", (model.calibration ?? { method: "sigmoid" }).method === "sigmoid"],
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
