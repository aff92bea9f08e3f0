/** Interface of a notification channel. */
import type { Alert } from "../core/records/alert.ts";
import type { JsonObject } from "../core/json.ts";
import { toJson } from "../core/text/toJson.ts";

export interface Channel {
  readonly type: "webhook" | "email" | "command" | "pagerduty";
  /** Without secrets: "webhook hooks.example.org". */
  readonly name: string;
  /** Masked in error messages, whole and in parts. */
  readonly secrets: readonly string[];
  /** What to do if it fails, where that is known before. */
  readonly hint?: string | undefined;
  readonly timeoutMs: number;
  /** Resolves once the alert was accepted. @throws {RefusedError} if a retry would fail in the same way */
  send(alert: Alert, signal: AbortSignal): Promise<void>;
}

/** What a channel of each type makes of its settings. */
export type ChannelParts = Pick<Channel, "name" | "secrets" | "send">;

/** The receiver rejected the alert, so retrying is pointless. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

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

export function alertPayload({ lines, items, ...rest }: Alert): JsonObject {
  return toJson({ ...rest, text: lines.join("\n"), findings: items }) as JsonObject;
}
