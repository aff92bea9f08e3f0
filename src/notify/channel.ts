/** Interface of a notification channel. */
import type { Alert } from "../core/records/alert.ts";

export interface Channel {
  readonly type: "webhook" | "email" | "command" | "pagerduty";
  /** Without secrets: "webhook hooks.example.org". */
  readonly name: string;
  /** Masked in error messages, whole and in parts. */
  readonly secrets: readonly string[];
  /** What to do if it fails, where that is known before. */
  readonly hint?: string | undefined;
  /** Timeout of one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Resolves once the alert was accepted. @throws {RefusedError} if a retry would fail in the same way */
  send(alert: Alert, signal: AbortSignal): Promise<void>;
}

/** The receiver rejected the alert, so retrying is pointless. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}
