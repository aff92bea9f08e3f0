/** Sends JSON as an HTTP POST. */
import type { JsonObject } from "../core/json.ts";
import { RefusedError } from "./channel.ts";

/** 4xx codes that are temporary: request timeout, too early, too many requests. */
const TEMPORARY = new Set([408, 425, 429]);

/** @throws {RefusedError} if a retry would be answered in the same way */
export async function post(
  url: string,
  body: JsonObject,
  { signal, headers = {} }: { readonly signal: AbortSignal; readonly headers?: Readonly<Record<string, string>> },
): Promise<void> {
  const all = { "content-type": "application/json", "user-agent": "mlctl", ...headers };
  const request = { method: "POST", headers: all, body: JSON.stringify(body), signal, redirect: "error" } as const;
  const response = await fetch(url, request);
  // An unread body would keep the connection open.
  await response.body?.cancel();
  if (response.ok) return;
  const problem = `response ${response.status} ${response.statusText}`.trim();
  throw response.status < 500 && !TEMPORARY.has(response.status) ? new RefusedError(problem) : new Error(problem);
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "(invalid URL)";
}
