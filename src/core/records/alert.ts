/** Alert: the message sent to channels when findings change. */
import type { MonitorArea, MonitorFinding, MonitorRecord, MonitorWindow } from "./monitoring.ts";

/** "info": it happened, and nothing has to be resolved. */
export type AlertChange = "open" | "worse" | "resolved" | "test" | "info";

/** job: a scheduled job, or a file of `watch` or `ingest`; deployed: production switched to another model. */
export type AlertArea = MonitorArea | "job" | "deployed";

export interface AlertFinding extends Omit<MonitorFinding, "area"> {
  readonly area: AlertArea;
  /** Of a job: another cause is sent, too. */
  readonly cause?: string | undefined;
  /** Of a job that --fail-on ended: the area of the finding. */
  readonly endedBy?: MonitorArea | undefined;
}

/** Where findings come from: a monitored window and its model, or a job. */
export interface AlertOrigin extends Pick<MonitorRecord, "createdAt" | "runId" | "modelVersion"> {
  readonly source: string;
  readonly monitorId: string | null;
  readonly window: MonitorWindow | null;
}

/** What alerts are sent about: the record of a monitored window, or the end of a scheduled job. */
export interface AlertNews extends AlertOrigin {
  readonly findings: readonly AlertFinding[];
}

/** The end of a job; a fine one resolves what an earlier one of that name opened. */
export function newsOfJob(
  { source, name, createdAt }: Pick<AlertNews, "source" | "createdAt"> & { readonly name: string },
  { isFine, ...described }: Pick<AlertFinding, "message" | "cause" | "endedBy"> & { readonly isFine: boolean },
): AlertNews {
  const nothing = { value: null, limit: null, passes: null, interval: null };
  const finding = { area: "job", name, status: isFine ? "pass" : "fail", ...described, ...nothing } as const;
  return { source, createdAt, findings: [finding], monitorId: null, window: null, runId: null, modelVersion: null };
}

export interface AlertItem extends Omit<MonitorFinding, "area" | "interval" | "columns"> {
  readonly change: AlertChange;
  readonly since: string;
}

export interface Alert {
  readonly change: AlertChange;
  readonly area: AlertArea | "test";
  readonly project: string;
  /** What was judged: "predictions", "dataset", "files"; null for a test. */
  readonly source: string | null;
  readonly at: string;
  readonly subject: string;
  readonly lines: readonly string[];
  readonly items: readonly AlertItem[];
  readonly window: Omit<MonitorWindow, "labelled"> | null;
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly next: string;
}
