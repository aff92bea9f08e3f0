/** apicalls: calls every endpoint of the HTTP API and saves the responses as a dated apireturns file. */
import { join } from "node:path";
import { cellText } from "../../core/table/cellText.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { timestamp } from "../../core/text/format.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { ensureFolder } from "../../storage/files/commitFile.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { httpCaller, type ApiCall, type ApiServer, type HttpCaller } from "./httpCaller.ts";
import { freeNames } from "../predict/addedNames.ts";
import { deployedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { readTestData } from "../testData.ts";

export interface ApiCallsResult {
  readonly url: string;
  readonly runId: string | null;
  /** Path of the apireturns file, relative to the workspace. */
  readonly path: string;
  readonly calls: readonly ApiCall[];
  readonly failed: number;
}

/** Endpoints that return JSON and take no rows. */
const READ = ["/health", "/ready", "/ping", "/version", "/model", "/score", "/summarise", "/diagnose"] as const;
/** Endpoints whose response is not saved. */
const READ_ALONE = ["/metrics", "/openapi.json", "/docs"] as const;

type Document = Readonly<Record<string, unknown>>;

/**
 * Sends the rows of the test set without the target.
 * @throws {MlctlError} kind "failure" if no server responds, "notReady" if there is no test data
 */
export async function apiCalls(session: Session, server: ApiServer): Promise<ApiCallsResult> {
  const { paths, context } = session;
  const deployed = deployedModel(session.paths);
  const { table } = await readTestData(session, deployed === undefined ? [] : [deployed.model]);
  const { call, calls } = httpCaller(server, context.signal);
  const responses: Record<string, unknown> = {};
  for (const path of READ) responses[path] = (await call("GET", path)).document;
  for (const path of READ_ALONE) await call("GET", path);
  const model = (responses["/model"] ?? {}) as Document;
  const { model_version: runId = null } = model;
  const rows = await requestPredictions(session, {
    call,
    table,
    inputs: inputNames(model),
    runId: runId as string | null,
  });
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
  {
    call,
    table,
    inputs,
    runId,
  }: Pick<HttpCaller, "call"> & { table: Table; inputs: readonly string[]; runId: string | null },
): Promise<{ predictions: unknown[] }> {
  const key = freeNames([session.config.serve.response_key ?? "prediction"], inputs)[0]!;
  const rows = jsonRows(table, inputs);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const { text } = await call("POST", "/predict", { type: "application/x-ndjson", body: lines });
  const results = documentsOf(text);
  // A row with a prediction here is valid for the other endpoints too.
  const good = rows[results.findIndex((result) => (result[key] ?? null) !== null)] ?? rows[0] ?? {};
  for (const path of ["/", `/models/${runId}/predict`])
    await call("POST", path, { type: "application/json", body: JSON.stringify(good) });
  await call("POST", "/invocations", { type: "application/json", body: JSON.stringify({ dataframe_records: [good] }) });
  return { predictions: rows.map((_, row) => results[row]?.[key] ?? null) };
}

function documentsOf(lines: string): Document[] {
  return lines.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as Document];
    } catch {
      // Not JSON lines, e.g. a problem document. The call itself reports the error.
      return [];
    }
  });
}

/** Names of the model's inputs in the response of GET /model. */
function inputNames({ signature }: Document): string[] {
  const { inputs = [] } = (signature ?? {}) as { inputs?: readonly { name: string }[] };
  return inputs.map(({ name }) => name);
}

function jsonRows(table: Table, names: readonly string[]): Document[] {
  const columns = names.flatMap((name) => findColumn(table, name) ?? []);
  return Array.from({ length: table.rowCount }, (_, row) =>
    Object.fromEntries(columns.map((column) => [column.name, jsonCell(column, row)])),
  );
}

function jsonCell(column: Column, row: number): string | number | null {
  if (column.kind !== "number") return cellText(column, row);
  const value = column.values[row]!;
  return Number.isFinite(value) ? value : null;
}
