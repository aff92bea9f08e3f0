/** The configuration as it may be written down: every default filled in, every secret left out. */
import type { JsonObject } from "../core/json.ts";
import { valueAt, withValueAt, type Path } from "./jsonPath.ts";
import type { Config } from "./schema/schema.ts";

/** Keys whose value is a secret even where someone wrote it into the file in plain text. */
const secretKeys = [["serve", "token"]] as const;
const secretAlertKeys = ["url", "smtp", "command"];

/** @param texts what was written where the environment filled something in */
export function recordableConfig(
  config: Config,
  texts: readonly { readonly path: Path; readonly text: string }[],
): JsonObject {
  const secrets: Path[] = [...secretKeys];
  config.alerts.forEach((_, i) => secrets.push(...secretAlertKeys.map((key) => ["alerts", i, key])));
  config.alerts.forEach((alert, i) => {
    const headers = alert.type === "webhook" ? Object.keys(alert.headers) : [];
    secrets.push(...headers.map((name) => ["alerts", i, "headers", name]));
  });
  config.serve.tokens.forEach((_, i) => secrets.push(["serve", "tokens", i, "token"]));
  let recordable = config as unknown as JsonObject;
  for (const path of secrets) {
    if (typeof valueAt(config, path) === "string") recordable = withValueAt(recordable, path, "(hidden)") as JsonObject;
  }
  for (const { path, text } of texts) {
    if (valueAt(config, path) !== undefined) recordable = withValueAt(recordable, path, text) as JsonObject;
  }
  return recordable;
}
