/** apicalls: calls every address of the HTTP API and keeps what it answers as dated apireturns beside the models. */
import { join } from "node:path";
import { cellText } from "../../core/table/cellText.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { timestamp } from "../../core/text/format.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { ensureFolder } from "../../storage/files/commitFile.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { httpCaller, type ApiCall, type ApiServer } from "./httpCaller.ts";
import type { Session } from "../session.ts";
import { readTestData } from "../testData.ts";

export interface ApiCallsResult {
  readonly url: string;
  readonly runId: string | null;
  /** Relative to the workspace. */
  readonly path: string;
  readonly calls: readonly ApiCall[];
  readonly failed: number;
}

/** Every address beside those that take rows. */
const READ = ["/health", "/ready", "/ping", "/version", "/model", "/score", "/summarise", "/diagnose"] as const;
const READ_ALONE = ["/metrics", "/openapi.json", "/docs"] as const;

type Document = Readonly<Record<string, unknown>>;

/**
 * The rows are those of the test data, without their target.
 * @throws {MlctlError} kind "failure" where nobody answers there, "notReady" where there is no test data
 */
export async function apiCalls(session: Session, server: ApiServer): Promise<ApiCallsResult> {
  const { paths, context } = session;
  const { table } = await readTestData(session);
  const { call, calls } = httpCaller(server, context.signal);
  const answers: Record<string, unknown> = {};
  for (const path of READ) answers[path] = (await call("GET", path)).document;
  for (const path of READ_ALONE) await call("GET", path);
  const model = (answers["/model"] ?? {}) as Document;
  const rows = await askForRows(session, { call, table, inputs: inputNames(model) });
  const { model_version: runId = null } = model;
  const score = (answers["/score"] ?? {}) as Document;
  const { summary = null } = (answers["/summarise"] ?? {}) as Document;
  const returns = { model_version: runId, ...rows, score, summary, diagnosis: answers["/diagnose"], calls };
  ensureFolder(paths.models);
  const path = join(paths.models, `apireturns_${timestamp(context.now())}.txt`);
  atomicWrite(path, `${JSON.stringify(returns, null, 4)}\n`);
  const failed = calls.filter(({ ok }) => !ok).length;
  return { url: server.url, runId: runId as string | null, path: toRecordPath(paths.workspace, path), calls, failed };
}

interface Asking {
  readonly call: ReturnType<typeof httpCaller>["call"];
  readonly table: Table;
  readonly inputs: readonly string[];
}

/** Every row as JSON lines, because one that cannot be answered leaves the others; the first also in the other forms. */
async function askForRows(session: Session, { call, table, inputs }: Asking): Promise<{ predictions: unknown[] }> {
  const key = session.config.serve.response_key ?? "prediction";
  const rows = jsonRows(table, inputs);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const { text } = await call("POST", "/predict", { type: "application/x-ndjson", body: lines });
  const answered = documentsOf(text);
  // A row that was answered is one that the other forms answer too.
  const good =
    rows[
      Math.max(
        0,
        answered.findIndex((answer) => (answer[key] ?? null) !== null),
      )
    ] ?? {};
  await call("POST", "/", { type: "application/json", body: JSON.stringify(good) });
  await call("POST", "/invocations", { type: "application/json", body: JSON.stringify({ dataframe_records: [good] }) });
  return { predictions: rows.map((_, row) => answered[row]?.[key] ?? null) };
}

function documentsOf(lines: string): Document[] {
  return lines.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as Document];
    } catch {
      // A problem document over several lines, or none of ours: the call itself says so.
      return [];
    }
  });
}

/** As GET /model names them. */
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
