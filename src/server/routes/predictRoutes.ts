/** POST /predict and POST /: predicts the rows of the request. */
import { Readable } from "node:stream";
import { MlctlError } from "../../core/errors.ts";
import { explanations, requireExplainable } from "../predictions/explanations.ts";
import { csvResponse, withCharset } from "../predictions/csvResponse.ts";
import { sendText, type App, type Reply, type Request } from "../http/http.ts";
import { jsonLinesResponse } from "../predictions/jsonLinesResponse.ts";
import { logRoom, streamPieces } from "../http/streamPieces.ts";
import { HttpProblem, problemOf } from "../http/problem.ts";
import type { Predictions } from "../predictions/predictions.ts";
import { requestRows } from "../predictions/requestRows.ts";
import type { Guards } from "../http/guards.ts";
import { requireServing, type ServerState, type Serving } from "../state/serverState.ts";

const CSV_TYPE = "text/csv";

/** Media types whose bodies are streamed. */
export const STREAMED_TYPES = [CSV_TYPE, "application/x-ndjson", "application/jsonl", "application/jsonlines"];

export function registerPredict(app: App, state: ServerState, guards: Guards): void {
  const { config } = state.workspace;
  const mostRows = config.serve.limits.rows;
  const handler = (request: Request, reply: Reply): Reply | Promise<Reply> => {
    const serving = requireServing(state);
    const { body } = request;
    const explain = wantsExplanation(request);
    if (body instanceof Readable) {
      if (explain)
        throw new HttpProblem("bad-request", "streamed predictions cannot be explained", { hint: "send JSON" });
      return stream(serving, { request, reply, state });
    }
    const rows = requestRows(body, { inputs: serving.predictor.inputs, mostRows });
    if (explain) requireExplainable(rows.rows.length);
    const respond = (predictions: Predictions): Reply => {
      const extra = explain ? explanations(serving.served, predictions.table, rows.single) : undefined;
      return sendText(reply, serving.responseText(rows, predictions, extra));
    };
    // Without a promise where there is none: it would cost a tenth of the time of a request.
    const predictions = serving.predictor.predict(rows.rows);
    return predictions instanceof Promise ? predictions.then(respond) : respond(predictions);
  };
  for (const url of ["/predict", "/"]) {
    app.post(url, { onRequest: guards.predict, schema: predictSchema }, handler);
  }
}

function wantsExplanation({ url, query }: Request): boolean {
  // Most requests have no query: skip parsing it.
  if (!url.includes("?")) return false;
  const { explain } = query as { explain?: unknown };
  if (explain === undefined || explain === "false" || explain === "0") return false;
  if (explain === "true" || explain === "1" || explain === "") return true;
  throw new HttpProblem("bad-request", "the query parameter explain must be true or false");
}

async function stream(
  { predictor }: Serving,
  { request, reply, state }: { request: Request; reply: Reply; state: ServerState },
): Promise<Reply> {
  const { config } = state.workspace;
  const pieces = streamPieces(request, state.bodies);
  const contentType = request.headers["content-type"];
  const isCsv = (contentType ?? "").toLowerCase().startsWith(CSV_TYPE);
  const lines = isCsv
    ? csvResponse(pieces, predictor, withCharset(config, contentType))
    : jsonLinesResponse(pieces, predictor, config);
  // An error in the first batch sets the status of the response; later errors are reported in their rows.
  const first = await lines.next();
  const room = (): Promise<void> => logRoom(state.log, config.serve.log.queue_rows);
  const text = Readable.from(encoded(first, lines, room), { objectMode: false, highWaterMark: 1 << 16 });
  return reply
    .header("content-type", `${isCsv ? CSV_TYPE : "application/x-ndjson"}; charset=utf-8`)
    .header("x-model-version", predictor.served.deployment.runId)
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

const predictSchema = {
  summary: "Predicts rows",
  tags: ["predict"],
  description:
    "One object returns one object; a list, { data: [...] }, { inputs: [...] } or pandas' table JSON returns lists. CSV and JSON Lines are streamed. ?explain=true adds SHAP values.",
  querystring: {
    type: "object",
    properties: { explain: { type: "boolean", description: "add SHAP values to the predictions" } },
  },
  body: {
    content: {
      "application/json": { schema: { $ref: "#/components/schemas/Rows" } },
      "text/csv": { schema: { type: "string" } },
      "application/x-ndjson": { schema: { type: "string" } },
    },
  },
} as const;
