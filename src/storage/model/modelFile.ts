/** The model file: one JSON text that people can read and compare, sealed with the hash of its content. */
import { readFileSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { MODEL_VERSION, type Model } from "../../core/records/model.ts";
import { formatJson } from "./formatJson.ts";
import { modelProblem } from "./modelProblem.ts";
import { sha256Text } from "../files/sha256.ts";
import { errorCode } from "../files/writeFailure.ts";

const RETRAIN = "restore the file from a backup, or run `mlctl train`";
const SEAL_OPENING = ',\n  "sha256": "';
const CLOSING = "\n}\n";

/**
 * The same model gives the same bytes. The hash stands last and covers the text of all before it.
 * @throws {TypeError} where a number is NaN or infinite: JSON would silently lose it
 */
export function serializeModel(model: Omit<Model, "sha256">): string {
  const { sha256: _, ...rest } = model as Model;
  return seal(formatJson(rest));
}

/** @throws {MlctlError} kind "data" where the file is missing, cut off, edited, not a model, or of a newer version */
export function readModel(path: string): Model {
  return parseModel(readText(path), path);
}

/**
 * The model that a record names, and no other one, however sound.
 * @param sha256 of the file, as the record has it
 * @throws {MlctlError} kind "data" as readModel does, and where it is another model than was recorded
 */
export function readRecordedModel(path: string, sha256: string): Model {
  const model = readModel(path);
  const { sha256: _seal, ...content } = model;
  // Written anew, so that other line ends still count as the same file.
  if (sha256Text(serializeModel(content)) === sha256) return model;
  throw failure(`${path} is another model than the one that was recorded there`, RETRAIN);
}

/** @param path named in errors */
export function parseModel(text: string, path: string): Model {
  const value = parseJson(text, path);
  if (typeof value !== "object" || value === null || !("format" in value) || value.format !== "mlctl-model") {
    throw failure(`${path} is not an mlctl model`, "give the path of a trainedmodel_<stamp>.json");
  }
  // The seal shows damage; what was sealed anew by hand is told by its parts below.
  const model = value as Model;
  if (model.version > MODEL_VERSION) throw newer(model, path);
  if (!sealHolds(text, model))
    throw failure(`the model ${path} was edited: its content does not match its hash`, RETRAIN);
  const problem = modelProblem(model);
  if (problem !== undefined)
    throw failure(`the model ${path} is not whole: its ${problem} is not what training writes`, RETRAIN);
  return model;
}

/** Puts the hash in as the last key of an object's text. */
function seal(content: string): string {
  return `${content.slice(0, -CLOSING.length)}${SEAL_OPENING}${sha256Text(content)}"${CLOSING}`;
}

/** A file that git or an editor gave other line ends or spaces still holds: the content counts. */
function sealHolds(text: string, model: Model): boolean {
  const content = `${text.slice(0, text.lastIndexOf(SEAL_OPENING))}${CLOSING}`;
  if (seal(content) === text) return true;
  const { sha256, ...rest } = model;
  try {
    return !hasInfinity(rest) && sha256Text(formatJson(rest)) === sha256;
  } catch (error) {
    // Nested deeper than the stack: no model is.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** JSON reads 1e999, which no model holds and formatJson refuses. */
function hasInfinity(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasInfinity);
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
    if (isCutOff(text)) throw failure(`the model ${path} is cut off after ${text.length} characters`, RETRAIN, error);
    throw failure(
      `${path} is not an mlctl model: it is not JSON`,
      "give the path of a trainedmodel_<stamp>.json",
      error,
    );
  }
}

/** True where a JSON object ends before its last brace. */
function isCutOff(text: string): boolean {
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
