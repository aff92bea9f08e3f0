/** POST /predict and POST /: rows in, predictions out. */
import { Readable } from "node:stream";
import { MlctlError } from "../../core/errors.ts";
import { explanations, requireExplainable } from "../predictions/explanations.ts";
import { csvResponse } from "../predictions/csvResponse.ts";
import { sendText, type App, type Reply, type Request } from "../http/http.ts";
import { jsonLinesResponse } from "../predictions/jsonLinesResponse.ts";
import { logRoom, streamPieces } from "../http/streamPieces.ts";
import { HttpProblem, problemOf } from "../http/problem.ts";
import { requestRows } from "../predictions/requestRows.ts";
import type { Guards } from "../http/guards.ts";
import { requireServing, type ServerState, type Serving } from "../state/serverState.ts";

const CSV_TYPE = "text/csv";

/** Media types whose bodies stream. */
export const STREAMED_TYPES = [CSV_TYPE, "application/x-ndjson", "application/jsonl", "application/jsonlines"];

export function registerPredict(app: App, state: ServerState, guards: Guards): void {
  const { config } = state.workspace;
  const mostRows = config.serve.limits.rows;
  const handler = (request: Request, reply: Reply): Reply | Promise<Reply> => {
    const serving = requireServing(state);
    const { body } = request;
    const explain = wantsExplanation(request);
    if (body instanceof Readable) {
      if (explain) throw new HttpProblem("bad-request", "answers that stream are not explained", { hint: "send JSON" });
      return stream(serving, { request, reply, state });
    }
    const rows = requestRows(body, { inputs: serving.predictor.inputs, mostRows });
    if (explain) requireExplainable(rows.rows.length);
    const predictions = serving.predictor.predict(rows.rows);
    const extra = explain ? explanations(serving.served, predictions.table, rows.single) : undefined;
    return sendText(reply, serving.responseText(rows, predictions, extra));
  };
  for (const url of ["/predict", "/"]) {
    app.post(url, { onRequest: guards.predict, schema: predictSchema }, handler);
  }
}

function wantsExplanation({ url, query }: Request): boolean {
  // Most requests have no query: it is not worth parsing then.
  if (!url.includes("?")) return false;
  const { explain } = query as { explain?: unknown };
  if (explain === undefined || explain === "false" || explain === "0") return false;
  if (explain === "true" || explain === "1" || explain === "") return true;
  throw new HttpProblem("bad-request", "explain is neither true nor false");
}

async function stream(
  { predictor }: Serving,
  { request, reply, state }: { request: Request; reply: Reply; state: ServerState },
): Promise<Reply> {
  const { config } = state.workspace;
  const pieces = streamPieces(request.raw, state.bodies);
  const isCsv = (request.headers["content-type"] ?? "").toLowerCase().startsWith(CSV_TYPE);
  const predictions = isCsv ? csvResponse(pieces, predictor, config) : jsonLinesResponse(pieces, predictor, config);
  // What is wrong with the first rows is told with a status; later it stands in the rows.
  const first = await predictions.next();
  const room = (): Promise<void> => logRoom(state.log, config.serve.log.queue_rows);
  const text = Readable.from(rest(first, predictions, room), { objectMode: false, highWaterMark: 1 << 16 });
  return reply
    .header("content-type", `${isCsv ? CSV_TYPE : "application/x-ndjson"}; charset=utf-8`)
    .header("x-model-version", predictor.served.deployment.runId)
    .send(text);
}

/** Buffers: a stream of texts would count characters, not bytes. */
async function* rest(
  first: IteratorResult<string>,
  pieces: AsyncGenerator<string>,
  room: () => Promise<void>,
): AsyncGenerator<Buffer> {
  try {
    if (first.done !== true) yield Buffer.from(first.value);
    for await (const text of pieces) {
      yield Buffer.from(text);
      await room();
    }
  } catch (error) {
    // The status is out already: the connection is cut, so that nobody takes this for the end.
    throw error instanceof MlctlError ? problemOf(error) : error;
  }
}

const predictSchema = {
  summary: "Predictions rows",
  tags: ["predict"],
  description:
    "One object gives one object; a list, { data: [...] }, { inputs: [...] } or pandas' table JSON gives lists. CSV and JSON lines stream. ?explain=true adds SHAP values.",
  body: {
    content: {
      "application/json": { schema: { $ref: "#/components/schemas/Rows" } },
      "text/csv": { schema: { type: "string" } },
      "application/x-ndjson": { schema: { type: "string" } },
    },
  },
} as const;
