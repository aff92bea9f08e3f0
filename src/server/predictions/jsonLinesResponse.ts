/** JSON lines in, JSON lines out: each line comes back with the prediction added. */
import { isUtf8 } from "node:buffer";
import type { Config } from "../../config/schema/schema.ts";
import { isObject, parseExactJson } from "../../core/json.ts";
import { freeNames } from "../../lifecycle/predict/predictedValues.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import { REQUEST_ROWS } from "../../lifecycle/predict/inputStream.ts";
import type { ServedPredictor, StreamedRow } from "./servedPredictor.ts";
import { classShares } from "./responseDocument.ts";
import { HttpProblem } from "../http/problem.ts";
import { withPauses } from "../http/streamPieces.ts";
import type { RequestRow } from "./requestRows.ts";

interface Line {
  /** As it came, without spaces around it. */
  readonly text: string;
  readonly row: RequestRow | null;
  readonly problem: string;
}

/** Bytes 10 and 13 are in no other UTF-8 sequence, so lines can be cut before they are decoded. */
const LINE_FEED = 10;

/**
 * @yields the response to some lines
 * @throws {HttpProblem} 400 for a first line that is not an object
 */
export async function* jsonLinesResponse(
  pieces: AsyncIterable<Buffer>,
  predictor: ServedPredictor,
  config: Config,
  requestId: string,
): AsyncGenerator<string> {
  const continueSeries = predictor.served.continueSeries();
  let write: LineWriter | undefined;
  for await (const batch of lineBatches(withPauses(pieces, PAUSE_MS), config.serve.limits.body_bytes)) {
    const rows = batch.flatMap(({ row }) => (row === null ? [] : [row]));
    if (write === undefined && batch[0]!.row === null) {
      const hint = "one object a line; a list of objects is sent as application/json";
      throw new HttpProblem("bad-request", `line 1: ${batch[0]!.problem}`, { hint });
    }
    write ??= lineWriter(predictor.served, config, rows);
    const predicted = predictor.predictEach({ ...(await predictor.toCells(rows)), requestId, continueSeries }).values();
    yield batch
      .map(({ text, row, problem }) => (row === null ? errorLine(problem) : write!(text, predicted.next().value!, row)))
      .join("");
  }
}

const PAUSE = null;
const PAUSE_MS = 50;

async function* lines(pieces: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Buffer | null> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const piece of pieces) {
    if (piece.length === 0) {
      yield PAUSE;
      continue;
    }
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      const line = piece.subarray(start, end);
      yield rest.length === 0 ? line : Buffer.concat([...rest, line]);
      [rest, restBytes, start] = [[], 0, end + 1];
    }
    restBytes += piece.length - start;
    if (restBytes > mostBytes) throw new HttpProblem("too-large", `a line is longer than ${mostBytes} bytes`);
    if (start < piece.length) rest.push(piece.subarray(start));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** The lines that have arrived before each pause, and at most REQUEST_ROWS of them; a first line that is none, at once. */
async function* lineBatches(pieces: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Line[]> {
  let waiting: Line[] = [];
  let isFirst = true;
  for await (const text of lines(pieces, mostBytes)) {
    const line = text === PAUSE ? null : parseLine(text);
    if (line !== null) waiting.push(line);
    const isRefused = isFirst && waiting[0]?.row === null;
    if (waiting.length === 0 || (!isRefused && text !== PAUSE && waiting.length < REQUEST_ROWS)) continue;
    isFirst = false;
    yield waiting;
    waiting = [];
  }
  if (waiting.length > 0) yield waiting;
}

/** Null for a blank line. */
function parseLine(bytes: Buffer): Line | null {
  if (!isUtf8(bytes)) return { text: "", row: null, problem: "the line is not UTF-8" };
  const text = bytes.toString("utf8").trim();
  if (text === "") return null;
  try {
    const row = parseExactJson(text);
    return isObject(row) ? { text, row, problem: "" } : { text, row: null, problem: "not a JSON object" };
  } catch (error) {
    return { text, row: null, problem: `not JSON: ${error instanceof Error ? error.message.slice(0, 200) : ""}` };
  }
}

function errorLine(prediction_error: string): string {
  return `${JSON.stringify({ prediction_error })}\n`;
}

type LineWriter = (text: string, predicted: StreamedRow, row: RequestRow) => string;

/** @param rows the first ones: where a name is taken, the added member gets another in all lines */
function lineWriter(
  { labels, runId, inputs }: ServedModel,
  { serve }: Config,
  rows: readonly RequestRow[],
): LineWriter {
  const names = [serve.response_key ?? "prediction", "probability", "probabilities", "model_version", "prediction_id"];
  const taken = new Set([...inputs, ...rows.flatMap((row) => Object.keys(row))]);
  const added = freeNames([...names, "prediction_warning", "prediction_error"], taken);
  const [valueKey, shareKey, classesKey, versionKey, idKey, warningKey, errorKey] = added as [string, ...string[]];
  const byClass = classShares(labels);
  const members = ({ prediction, warning, error }: StreamedRow): object => {
    if (prediction === null) return { [valueKey]: null, [errorKey!]: error };
    const { value, probability, shares, id } = prediction;
    return {
      [valueKey]: value,
      ...(shares !== null && { [shareKey!]: probability, [classesKey!]: byClass(shares) }),
      [versionKey!]: runId,
      [idKey!]: id,
      ...(warning !== null && { [warningKey!]: warning }),
    };
  };
  return (text, predicted, row) => {
    const late = added.find((name) => Object.hasOwn(row, name));
    if (late !== undefined) return errorLine(`the row already has the key "${late}", which the response adds`);
    const isEmpty = Object.keys(row).length === 0;
    return `${text.slice(0, -1)}${isEmpty ? "" : ","}${JSON.stringify(members(predicted)).slice(1)}\n`;
  };
}
