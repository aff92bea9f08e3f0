/** Reads the configuration in the record of a run. */
import type { JsonObject } from "../core/json.ts";
import { affectsTraining } from "./configSha256.ts";
import { configSchema, type Config } from "./schema/schema.ts";

/**
 * Outside the settings that affect training, a record has `${NAME}` instead of the value, which need not fit the schema:
 * such settings get their defaults.
 * @returns undefined if the record does not satisfy the schema
 */
export function parseRecorded(recorded: unknown): Config | undefined {
  const { data } = configSchema().safeParse(recorded);
  if (data !== undefined) return data;
  const entries = Object.entries((recorded ?? {}) as JsonObject);
  return configSchema().safeParse(Object.fromEntries(entries.filter(([key]) => affectsTraining([key])))).data;
}
