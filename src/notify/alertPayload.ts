/** The alert as JSON, with snake_case keys like all JSON output of mlctl. */
import type { Alert } from "../core/records/alert.ts";
import type { JsonObject } from "../core/json.ts";

export function alertPayload(alert: Alert): JsonObject {
  const { runId, modelVersion, items, lines, window, ...rest } = alert;
  return {
    ...rest,
    text: lines.join("\n"),
    run_id: runId,
    model_version: modelVersion,
    window: window === null ? null : { ...window },
    findings: items.map((item) => ({ ...item })),
  };
}
