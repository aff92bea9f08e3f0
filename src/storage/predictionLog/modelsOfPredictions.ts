/** Finds the runs and models of the logged predictions, which must be kept for their lineage. */
import { queryLog } from "./openLogDatabase.ts";

/** @returns run ids, and checksums of models */
export function modelsOfPredictions(path: string): { readonly runIds: Set<string>; readonly sha256s: Set<string> } {
  const sql =
    "SELECT run_id, sha256 FROM models AS m WHERE EXISTS (SELECT 1 FROM predictions AS p WHERE p.model = m.model)";
  const rows = queryLog(path, [], (log) => log.prepare<[], { run_id: string | null; sha256: string }>(sql).all());
  return {
    runIds: new Set(rows.flatMap(({ run_id: runId }) => (runId === null ? [] : [runId]))),
    sha256s: new Set(rows.map(({ sha256 }) => sha256)),
  };
}
