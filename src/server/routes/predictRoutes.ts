/** POST /predict and POST /: predicts the rows of the request. */
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { MlctlError, attempt } from "../../core/errors.ts";
import { csvResponse, withCharset } from "../predictions/csvResponse.ts";
import { sliceRows } from "../../core/table/table.ts";
import { requestIdOf, sendJson, type App, type Reply, type Request } from "../http/http.ts";
import { jsonLinesResponse } from "../predictions/jsonLinesResponse.ts";
import { logRoom, streamPieces } from "../http/streamPieces.ts";
import { HttpProblem, problemOf, problemFrom } from "../http/problem.ts";
import type { ServedPredictor, Predictions } from "../predictions/servedPredictor.ts";
import { endpoint, type Endpoint } from "../http/endpoint.ts";
import { ref } from "../http/shapes.ts";
import { requestRows } from "../predictions/requestRows.ts";
import { requireServing, type ServerState, type Serving } from "../state/serverState.ts";
import {
  byInputColumn,
  contributionsByRow,
  explain as shapValues,
  shapUnit,
  type Explained,
} from "../../pipeline/predict/explain.ts";

const CSV_TYPE = "text/csv";

export const STREAMED_TYPES = [CSV_TYPE, "application/x-ndjson", "application/jsonl", "application/jsonlines"];

export function registerPredict(app: App, state: ServerState): void {
  const predict = (request: Request, reply: Reply): Reply | Promise<Reply> =>
    respondTo(requireServing(state), { request, reply, state });
  app.post("/predict", endpoint({ ...PREDICT, id: "predict" }), predict);
  app.post("/", endpoint({ ...PREDICT, id: "predictAtRoot", summary: "The same as /predict" }), predict);
  app.post("/models/:version/predict", endpoint(PINNED), async (request, reply) => {
    const { version } = request.params as { version: string };
    return respondTo(await state.pinned(version), { request, reply, state });
  });
}

interface Exchange {
  readonly request: Request;
  readonly reply: Reply;
  readonly state: ServerState;
}

function respondTo(serving: Serving, exchange: Exchange): Reply | Promise<Reply> {
  const { request, reply, state } = exchange;
  const { body } = request;
  const { explain, threshold } = (request.parameters ?? {}) as { explain?: boolean; threshold?: number };
  const predictor = threshold === undefined ? serving.predictor : serving.predictor.at(threshold);
  if (body instanceof Readable) {
    if (explain === true)
      throw new HttpProblem("bad-request", "streamed predictions cannot be explained", { hint: "send JSON" });
    return stream(predictor, exchange);
  }
  const rows = requestRows(body, { inputs: predictor.inputs, mostRows: state.workspace.config.serve.limits.rows });
  if (explain === true) requireExplainable(rows.rows.length);
  const send = (predictions: Predictions, extra?: Record<string, unknown>): Reply =>
    sendJson(reply, serving.response(rows, predictions, extra));
  const respond = (predictions: Predictions): Reply | Promise<Reply> =>
    explain === true
      ? explanations(predictions, rows.single).then((extra) => send(predictions, extra))
      : send(predictions);
  // Without a promise where there is none: it would cost a tenth of the time of a request.
  const predictions = predictor.predict(rows.rows, requestIdOf(request));
  return predictions instanceof Promise ? predictions.then(respond) : respond(predictions);
}

async function stream(predictor: ServedPredictor, { request, reply, state }: Exchange): Promise<Reply> {
  const { config } = state.workspace;
  const pieces = streamPieces(request, state.bodies);
  const contentType = request.headers["content-type"];
  const isCsv = (contentType ?? "").toLowerCase().startsWith(CSV_TYPE);
  const lines = isCsv
    ? csvResponse(pieces, predictor, withCharset(config, contentType), requestIdOf(request))
    : jsonLinesResponse(pieces, predictor, config, requestIdOf(request));
  // An error in the first batch sets the status of the response; later errors are reported in their rows.
  const first = await lines.next();
  const room = (): Promise<void> => logRoom(state.log, config.serve.log.queue_rows);
  const text = Readable.from(encoded(first, lines, room), { objectMode: false, highWaterMark: 1 << 16 });
  return reply
    .header("content-type", `${isCsv ? CSV_TYPE : "application/x-ndjson"}; charset=utf-8`)
    .header("x-model-version", predictor.served.runId)
    .send(text);
}

/** Yields buffers, because a stream of strings would measure highWaterMark in characters, not bytes. */
async function* encoded(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
  room: () => Promise<void>,
): AsyncGenerator<Buffer> {
  try {
    if (first.done !== true) yield Buffer.from(first.value);
    for await (const text of rest) {
      yield Buffer.from(text);
      await room();
    }
  } catch (error) {
    // The status is sent already: throwing closes the connection, so that the client sees the response is incomplete.
    throw error instanceof MlctlError ? problemOf(error) : error;
  }
}

const textBody = { type: "string" };
const streams = { [CSV_TYPE]: textBody, "application/x-ndjson": textBody };

const PREDICT: Omit<Endpoint, "id"> = {
  tag: "predict",
  scopes: ["predict"],
  summary: "Predicts rows",
  description:
    "One object returns one object; a list, { data: [...] }, { inputs: [...] } or pandas' table JSON returns lists. CSV and JSON Lines are streamed, and return each row with its prediction, or why there is none; an added name that the rows have already, in any case, gets _2.",
  query: {
    explain: { type: "boolean", description: "add SHAP values (JSON only)" },
    threshold: {
      type: "number",
      minimum: 0,
      maximum: 1,
      description:
        "for two classes: the positive one is predicted from this probability on, in place of the model's own",
    },
  },
  body: { "application/json": ref("Rows"), ...streams },
  returns: { "application/json": { oneOf: [ref("Prediction"), ref("Predictions")] }, ...streams },
  problems: ["not-ready"],
};

const PINNED: Endpoint = {
  ...PREDICT,
  id: "predictWithVersion",
  summary: "Predicts rows with a certain model, whichever is deployed",
  path: {
    version: {
      type: "string",
      example: "v1",
      description: "a version such as v3, an alias such as @champion, latest, or the id of a run",
    },
  },
  problems: ["not-ready", "not-found"],
};

/** SHAP values cost a thousand times as much as the prediction. */
const MOST_ROWS = 100;
/** Milliseconds that the other requests may wait for some of the rows. */
const SHORT = 25;

/** Called before anything is predicted. @throws {HttpProblem} 413 */
export function requireExplainable(rowCount: number): void {
  if (rowCount <= MOST_ROWS) return;
  throw new HttpProblem("too-large", `${rowCount} rows, at most ${MOST_ROWS} are explained at once`, {
    hint: "`mlctl explain --rows FILE` takes any number",
  });
}

/** Members of the response. @throws {HttpProblem} 400 for a model without SHAP values */
export async function explanations(
  { model: modelOf, table }: Pick<Predictions, "model" | "table">,
  single: boolean,
): Promise<Record<string, unknown>> {
  if (table.rowCount === 0) return { explanations: [] };
  const model = modelOf();
  const parts: Explained[] = [];
  for (let [start, size] = [0, 1]; start < table.rowCount;) {
    const began = performance.now();
    const some = sliceRows(table, start, Math.min(start + size, table.rowCount));
    parts.push(
      attempt(
        () => byInputColumn(shapValues(model, some)),
        (error) => {
          throw problemFrom("bad-request", error);
        },
      ),
    );
    await nextTurn();
    start += some.rowCount;
    if (performance.now() - began < SHORT) size *= 4;
  }
  const { featureNames, outputCount, baseValues, unit } = parts[0]!;
  const base_value = outputCount === 1 ? baseValues[0]! : baseValues;
  const rows = parts.flatMap(contributionsByRow).map((contributions) => ({
    base_value,
    contributions: Object.fromEntries(featureNames.map((name, i) => [name, contributions[i]])),
  }));
  const { target } = model.signature;
  const common = { unit: shapUnit(target, unit), ...(outputCount > 1 && { classes: target.classes }) };
  return single
    ? { explanation: { ...common, ...rows[0]! } }
    : { explanations: rows.map((row) => ({ ...common, ...row })) };
}
