/** The `features` of config.json as the transforms take them. */
import type { Config } from "../config/schema.ts";
import type { JsonObject } from "../core/json.ts";
import type { TransformRequest } from "../core/transform.ts";

/** Null where they are chosen from the kinds of the columns. */
export function transformRequests({ features }: Pick<Config, "features">): TransformRequest[] | null {
  return features?.map(({ type, ...options }) => ({ type, options: options as JsonObject })) ?? null;
}
