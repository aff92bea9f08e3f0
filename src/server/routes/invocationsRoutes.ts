/** POST /invocations: MLflow's scoring protocol (mlflow.pyfunc.scoring_server), so its clients need only a new URL. */
import { Readable } from "node:stream";
import { csvBatches, withCharset } from "../predictions/csvResponse.ts";
import { endpoint, json } from "../http/endpoint.ts";
import { ref } from "../http/shapes.ts";
import {
  requestIdOf,
  frameworkProblem,
  sendProblem,
  sendJson,
  type App,
  type Reply,
  type Request,
} from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";
import type { RowFinding } from "../../lifecycle/predict/checkRows.ts";
import type { Predictions, RowPrediction } from "../predictions/servedPredictor.ts";
import { requestRows } from "../predictions/requestRows.ts";
import { warningMembers } from "../predictions/responseDocument.ts";
import { requireServing, type ServerState, type Serving } from "../state/serverState.ts";
import { streamPieces } from "../http/streamPieces.ts";

const FORMS = ["dataframe_split", "dataframe_records", "instances", "inputs"];

export function registerInvocations(app: App, state: ServerState): void {
  const declared = endpoint({
    id: "invoke",
    tag: "mlflow",
    scopes: ["predict"],
    summary: "Predicts rows as an MLflow model server does",
    description: `text/csv, or JSON with exactly one of ${FORMS.join(", ")}; the response is { predictions: [...] }, and its "warnings" if there are any. Rows that are not valid are status 400.`,
    body: { "application/json": ref("Invocation"), "text/csv": { type: "string" } },
    returns: json(ref("Invoked")),
    problems: ["not-ready"],
  });
  app.post("/invocations", { ...declared, errorHandler: sendMlflowProblem }, (request, reply) =>
    respond(state, request, reply),
  );
}

async function respond(state: ServerState, request: Request, reply: Reply): Promise<Reply> {
  const serving = requireServing(state);
  const { body } = request;
  const isCsv = (request.headers["content-type"] ?? "").toLowerCase().startsWith("text/csv");
  if (body instanceof Readable && !isCsv) {
    throw new HttpProblem("unsupported-media-type", "/invocations supports only text/csv and application/json");
  }
  const { predictions, warnings } =
    body instanceof Readable ? await predictCsv(serving, state, request) : await predictJson(serving, state, request);
  reply.header("x-model-version", serving.served.runId);
  // MLflow's clients ignore other members; without a warning, the response is MLflow's.
  const more = warnings.length > 0 && warningMembers(warnings);
  return sendJson(reply, { predictions: predictions.map(({ value }) => value), ...more });
}

type Invoked = Pick<Predictions, "predictions" | "warnings">;

function predictJson({ predictor }: Serving, { workspace }: ServerState, request: Request): Invoked | Promise<Invoked> {
  const { body } = request;
  const given = typeof body === "object" && body !== null ? body : {};
  const forms = FORMS.filter((form) => Object.hasOwn(given, form));
  if (Array.isArray(body) || forms.length !== 1) {
    const found = forms.length === 0 ? "none" : forms.join(" and ");
    const detail = `the body must be an object with exactly one of ${FORMS.join(", ")}; found ${found}`;
    throw new HttpProblem("bad-request", detail);
  }
  const options = { inputs: predictor.inputs, mostRows: workspace.config.serve.limits.rows };
  const [form] = forms as [string];
  // Passes only that key: another key called "data" would be read as rows.
  const { rows } = requestRows({ [form]: (given as Record<string, unknown>)[form] }, options);
  return predictor.predict(rows, requestIdOf(request));
}

async function predictCsv(
  { predictor }: Serving,
  { workspace, bodies }: ServerState,
  request: Request,
): Promise<Invoked> {
  const { limits } = workspace.config.serve;
  const requestId = requestIdOf(request);
  const continueSeries = predictor.served.continueSeries();
  const predictions: RowPrediction[] = [];
  const warnings: RowFinding[] = [];
  const config = withCharset(workspace.config, request.headers["content-type"]);
  for await (const batch of csvBatches(streamPieces(request, bodies), predictor, config)) {
    const { start, cells } = batch;
    if (start + cells.length > limits.rows) {
      const hint = "use POST /predict, which streams any number of rows";
      throw new HttpProblem("too-large", `the body has more than ${limits.rows} rows`, { hint });
    }
    const predicted = predictor.predictCells({ ...batch, requestId, continueSeries });
    predictions.push(...predicted.predictions);
    warnings.push(...predicted.warnings.map((warning) => ({ ...warning, row: start + warning.row })));
  }
  return { predictions, warnings };
}

function sendMlflowProblem(error: unknown, _request: Request, reply: Reply): void {
  const problem = frameworkProblem(error);
  // The app's error handler logs unexpected errors.
  if (problem.status === 500) throw error;
  sendProblem(reply, asMlflow(problem));
}

/** MLflow's clients expect error_code and message, and status 400 for invalid rows. */
function asMlflow(problem: HttpProblem): HttpProblem {
  const { problem: name, message, status, hint, members, headers } = problem;
  const code = status < 500 ? "BAD_REQUEST" : status === 503 ? "TEMPORARILY_UNAVAILABLE" : "INTERNAL_ERROR";
  return new HttpProblem(name, message, {
    status: status === 422 ? 400 : status,
    hint,
    headers,
    members: { error_code: code, message, ...members },
    cause: problem.cause,
  });
}
