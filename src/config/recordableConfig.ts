/** The configuration for records and logs: with all defaults, without secrets. */
import type { JsonObject } from "../core/json.ts";
import { valueAt, withValueAt, type Path } from "./jsonPath.ts";
import type { Config } from "./schema/schema.ts";

/** Keys that are hidden even if the file has the secret in plain text. */
const secretKeys = [["serve", "token"]] as const;
const secretAlertKeys = ["url", "smtp", "command"];

/** @param originals strings that contained `${NAME}`, as written in the file */
export function recordableConfig(
  config: Config,
  originals: readonly { readonly path: Path; readonly text: string }[],
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
  for (const { path, text } of originals) {
    if (valueAt(config, path) !== undefined) recordable = withValueAt(recordable, path, text) as JsonObject;
  }
  return recordable;
}
