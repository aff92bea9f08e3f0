/** Alert: the message sent to channels when findings change. */
import type { MonitorArea, MonitorFinding } from "./monitoring.ts";

export type AlertChange = "open" | "worse" | "resolved" | "test";

export interface AlertItem extends Omit<MonitorFinding, "area" | "interval"> {
  readonly change: AlertChange;
  /** When it began, ISO 8601 UTC. */
  readonly since: string;
}

export interface Alert {
  /** The worst change of its items. */
  readonly change: AlertChange;
  readonly area: MonitorArea | "test";
  /** `name` of config.json. */
  readonly project: string;
  readonly at: string;
  readonly subject: string;
  /** Body of the message, one line per item. */
  readonly lines: readonly string[];
  readonly items: readonly AlertItem[];
  readonly window: {
    readonly label: string;
    readonly start: string | null;
    readonly end: string | null;
    readonly rows: number;
    readonly file: string | null;
  } | null;
  readonly runId: string | null;
  readonly modelVersion: number | null;
  /** The next step: a command. */
  readonly next: string;
}
