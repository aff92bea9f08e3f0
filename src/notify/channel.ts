/** Channel: one way to tell people of an alert, with what must never be shown of it. */
import type { Alert } from "../core/records/alert.ts";

export interface Channel {
  readonly type: "webhook" | "email" | "command";
  /** Without secrets: "webhook hooks.example.org". */
  readonly name: string;
  /** Texts that are masked wherever an error quotes them. */
  readonly secrets: readonly string[];
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Resolves once the alert was taken. @throws {Error} `isFinal` where another try would fail alike */
  send(alert: Alert, signal: AbortSignal): Promise<void>;
}

/** The other side understood and refused: nothing is gained by trying again. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}
