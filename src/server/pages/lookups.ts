/** Finds the run, window or prediction that a URL names. */
import { attempt } from "../../core/errors.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import type { Run } from "../../core/records/lineage.ts";
import type { Session } from "../../lifecycle/session.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { HttpProblem, problemFrom } from "../http/problem.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { PageRequest } from "./frame/page.ts";
import type { LogEntry } from "../../storage/predictionLog/logReader.ts";
import type { Model } from "../../core/records/model.ts";
import { readRecordedModel } from "../../storage/model/modelFile.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";

/** @param reference as on the command line: an id or its prefix, v3, @champion, latest @throws {HttpProblem} 404 */
export function runNamed({ store }: Session, reference: string): Run {
  return attempt(
    () => resolveRun(store, reference),
    (error) => {
      throw error.kind === "data" ? error : problemFrom("not-found", error);
    },
  );
}

/** @throws {HttpProblem} 404 */
export function windowNamed({ session, id }: PageRequest): MonitorRecord {
  const record = id === "latest" ? session.store.monitorings({ limit: 1 })[0] : session.store.monitoring(id);
  if (record !== undefined) return record;
  throw new HttpProblem("not-found", `there is no window ${id.slice(0, 100)}`, {
    hint: "run `mlctl monitor --history` to list them",
  });
}

/** Can be the id of a prediction or request, or the start of one. */
export function canBeId(text: string): boolean {
  return /^[\w.:/+=@-]{4,128}$/.test(text);
}

/** @throws {HttpProblem} 404 */
export async function predictionNamed({ log, id }: PageRequest): Promise<LogEntry> {
  const found = canBeId(id) ? await log.find(id) : [];
  const exact =
    found.find(({ predictionId }) => predictionId === id.toLowerCase()) ?? (found.length === 1 ? found[0] : undefined);
  if (exact !== undefined) return exact;
  throw new HttpProblem("not-found", `there is no prediction ${id.slice(0, 80)} in the log`, {
    hint: "old predictions may have been deleted: see serve.log.retention",
  });
}

/** Maximum page number: SQLite skips rows one by one, so a large offset would be slow. */
const MAX_PAGE = 10_000;

/** The page number of the query, from 0. */
export function pageNumber(query: URLSearchParams): number {
  const page = Number(query.get("page") ?? "0");
  return Number.isInteger(page) && page > 0 ? Math.min(page, MAX_PAGE) : 0;
}

/** Maximum size of a model file. Reading 100 kB blocks the server for about a millisecond. */
const MAX_BYTES = 8_000_000;
const MAX_CACHED = 4;

/** By SHA-256. */
const cache = new Map<string, Model>();

/** Null if the run kept no model, or if the model cannot be read or is larger than MAX_BYTES. */
export function recordedModel({ state, session }: PageRequest, run: Run): Model | null {
  const { model } = run;
  if (model === null) return null;
  const served = state.serving?.served;
  if (served?.deployment.model.sha256 === model.sha256) return served.model;
  const cached = cache.get(model.sha256);
  if (cached !== undefined) return cached;
  if (model.bytes > MAX_BYTES) return null;
  const path = fromRecordPath(session.paths.workspace, model.path);
  // `mlctl verify` reports a damaged model; the page shows the rest.
  const read = attempt(
    () => readRecordedModel(path, model.sha256),
    () => null,
  );
  if (read === null) {
    // Another machine trained it: the next call of the page has it.
    void session.records.fetch(run, [model]).catch(() => {});
    return null;
  }
  cache.set(model.sha256, read);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
  return read;
}

/** First and last day, such as 2026-01-31. */
export function daysOf(query: URLSearchParams): { readonly from: string | undefined; readonly to: string | undefined } {
  const day = (name: string): string | undefined => {
    const text = query.get(name) ?? "";
    return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
  };
  return { from: day("from"), to: day("to") };
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(day) + MILLISECONDS_A_DAY).toISOString();
}
