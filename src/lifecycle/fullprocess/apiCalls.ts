/** apicalls: calls every endpoint of the HTTP API and saves the responses as a dated apireturns file. */
import { join } from "node:path";
import { cellText, findColumn, type Column, type Table } from "../../core/table/table.ts";
import { timestamp } from "../../core/text/format.ts";
import { atomicWrite, ensureFolder } from "../../storage/files/atomicWrite.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { freeNames } from "../predict/predictedValues.ts";
import { deployedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { readTestData } from "../testData.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";

/** Endpoints that return JSON and take no rows. */
const READ = ["/health", "/ready", "/ping", "/version", "/model", "/score", "/summarise", "/diagnose"] as const;
/** Endpoints whose response is not saved. */
const READ_ALONE = ["/metrics", "/openapi.json", "/docs"] as const;

type Document = Readonly<Record<string, unknown>>;

/**
 * Sends the rows of the test set without the target.
 * @throws {MlctlError} kind "failure" if no server responds, "notReady" if there is no test data
 */
export async function apiCalls(session: Session, server: ApiServer) {
  const { paths, context } = session;
  const deployed = deployedModel(session.paths);
  const { table } = await readTestData(session, deployed === undefined ? [] : [deployed.model]);
  const { call, calls } = httpCaller(server, context.signal);
  const responses: Record<string, unknown> = {};
  for (const path of READ) responses[path] = (await call("GET", path)).document;
  for (const path of READ_ALONE) await call("GET", path);
  const model = (responses["/model"] ?? {}) as Document;
  const { model_version: runId = null } = model;
  const rows = await requestPredictions(session, call, table, model);
  const score = (responses["/score"] ?? {}) as Document;
  const { summary = null } = (responses["/summarise"] ?? {}) as Document;
  const returns = { model_version: runId, ...rows, score, summary, diagnosis: responses["/diagnose"], calls };
  ensureFolder(paths.models);
  const path = join(paths.models, `apireturns_${timestamp(context.now())}.txt`);
  atomicWrite(path, `${JSON.stringify(returns, null, 4)}\n`);
  const failed = calls.filter(({ ok }) => !ok).length;
  return { url: server.url, runId: runId as string | null, path: toRecordPath(paths.workspace, path), calls, failed };
}

/** Sends every row as JSON lines, so that one bad row does not fail the others, and one row to each other endpoint. */
async function requestPredictions(
  session: Session,
  call: ReturnType<typeof httpCaller>["call"],
  table: Table,
  model: Document,
): Promise<{ predictions: unknown[] }> {
  const { inputs: specs = [] } = (model["signature"] ?? {}) as { inputs?: readonly { name: string }[] };
  const inputs = specs.map(({ name }) => name);
  const key = freeNames([session.config.serve.response_key ?? "prediction"], inputs)[0]!;
  const rows = jsonRows(table, inputs);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const { text } = await call("POST", "/predict", { type: "application/x-ndjson", body: lines });
  // A problem document is no line of JSON with a prediction.
  const results = text.split("\n").map((line) => (parseJson(line) ?? {}) as Document);
  // A row with a prediction here is valid for the other endpoints too; with a warning, it may look back on other rows.
  const isGood = (result: Document): boolean => (result[key] ?? null) !== null;
  const isPlain = (result: Document): boolean => isGood(result) && !("prediction_warning" in result);
  const good = rows[results.findIndex(results.some(isPlain) ? isPlain : isGood)] ?? rows[0] ?? {};
  for (const path of ["/", `/models/${String(model["model_version"])}/predict`])
    await call("POST", path, { type: "application/json", body: JSON.stringify(good) });
  await call("POST", "/invocations", { type: "application/json", body: JSON.stringify({ dataframe_records: [good] }) });
  return { predictions: rows.map((_, row) => results[row]?.[key] ?? null) };
}

function jsonRows(table: Table, names: readonly string[]): Document[] {
  const columns = names.flatMap((name) => findColumn(table, name) ?? []);
  return Array.from({ length: table.rowCount }, (_, row) =>
    // JSON has null for numbers that are missing or infinite.
    Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])),
  );
}

const cellOf = (column: Column, row: number): string | number | null =>
  column.kind === "number" ? column.values[row]! : cellText(column, row);

export interface ApiServer {
  readonly url: string;
  readonly token: string | null;
}

interface ApiCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly status: number | null;
  readonly ok: boolean;
  readonly seconds: number;
  readonly bytes: number;
  readonly problem: string | null;
}

const TIMEOUT_MILLISECONDS = 60_000;

/** @throws {MlctlError} from `call`, kind "failure", if the first call gets no response */
export function httpCaller({ url, token }: ApiServer, signal: AbortSignal) {
  const base = url.replace(/\/+$/, "");
  const calls: ApiCall[] = [];
  /** @returns the response, and the JSON in it; null if it is not JSON */
  const call = async (
    method: ApiCall["method"],
    path: string,
    rows?: { readonly type: string; readonly body: string },
  ): Promise<{ readonly text: string; readonly document: unknown }> => {
    const start = performance.now();
    const log = (status: number | null, text: string, problem: string | null): void => {
      const seconds = Math.round(performance.now() - start) / 1000;
      calls.push({ method, path, status, ok: problem === null, seconds, bytes: Buffer.byteLength(text), problem });
    };
    try {
      const headers = {
        // A server that stops waits a moment for further requests of open connections.
        connection: "close",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(rows === undefined ? {} : { "content-type": rows.type }),
      };
      signal.throwIfAborted();
      const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]);
      const response = await fetch(`${base}${path}`, { method, headers, body: rows?.body ?? null, signal: stop });
      const text = await response.text();
      const document = parseJson(text) ?? null;
      log(response.status, text, response.ok ? null : problemOf(response.status, document));
      return { text, document };
    } catch (error) {
      signal.throwIfAborted();
      if (calls.length === 0) throw noResponse(base, error);
      log(null, "", reasonOf(error));
      return { text: "", document: null };
    }
  };
  return { call, calls };
}

/** The status, with the detail or title of a problem document (RFC 9457) if there is one. */
function problemOf(status: number, document: unknown): string {
  const { detail, title } = (document ?? {}) as { detail?: unknown; title?: unknown };
  const text = [detail, title].find((each) => typeof each === "string");
  return text === undefined ? `status ${status}` : `${status}, ${String(text)}`;
}

function reasonOf(error: unknown): string {
  const { cause, message, name } = error as Error;
  if (name === "TimeoutError") return `no response within ${TIMEOUT_MILLISECONDS / 1000} s`;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}

function noResponse(url: string, cause: unknown): MlctlError {
  return new MlctlError("failure", `no server responds at ${url}: ${reasonOf(cause)}`, {
    hint: "start `mlctl serve` there, or omit --url to let apicalls start its own server",
    cause,
  });
}
