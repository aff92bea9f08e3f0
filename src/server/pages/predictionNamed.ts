/** Finds predictions by how their id begins. */
import type { LogBrowser, LogEntry } from "../../storage/predictionLog/browseLog.ts";
import { HttpProblem } from "../http/problem.ts";
import type { PageRequest } from "./page.ts";

/** At most three; nothing for what can be no id. */
export function findLogged(log: LogBrowser, prefix: string): readonly LogEntry[] {
  return /^[0-9a-f-]{4,64}$/i.test(prefix) ? log.find(prefix.toLowerCase()) : [];
}

/** @throws {HttpProblem} 404 */
export function predictionNamed({ log, id }: PageRequest): LogEntry {
  const found = findLogged(log, id);
  const exact =
    found.find(({ predictionId }) => predictionId === id.toLowerCase()) ?? (found.length === 1 ? found[0] : undefined);
  if (exact !== undefined) return exact;
  throw new HttpProblem("not-found", `there is no prediction ${id.slice(0, 80)} in the log`, {
    hint: "older ones may have gone: see serve.log.retention",
  });
}
