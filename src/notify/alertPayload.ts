/** The alert as JSON, with snake_case keys like all JSON output of mlctl. */
import type { Alert } from "../core/records/alert.ts";
import type { JsonObject } from "../core/json.ts";
import { toJson } from "../core/text/toJson.ts";

export function alertPayload({ lines, items, ...rest }: Alert): JsonObject {
  return toJson({ ...rest, text: lines.join("\n"), findings: items }) as JsonObject;
}
