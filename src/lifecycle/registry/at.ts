/** at: finds the model, data and configuration that were in production at a given time. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseDate } from "../../core/text/parseDate.ts";
import type { Run } from "../../core/records/run.ts";
import type { Session } from "../session.ts";

export interface AtResult {
  /** The requested time, ISO 8601 in UTC. */
  readonly at: string;
  /** Null if nothing was in production then. */
  readonly deployment: Deployment | null;
  readonly run: Run | null;
  readonly dataset: Dataset | null;
}

/** @param date "2026-03-01" (the end of that day) or a time; a future time means now */
export function at({ store, context }: Session, date: string): AtResult {
  const time = parseDate(date);
  if (time === undefined) {
    throw new MlctlError("usage", `${JSON.stringify(date)} is not a date`, {
      hint: "use a date like 2026-03-01 or 2026-03-01T09:00:00Z",
    });
  }
  const wholeDay = /^\d{4}-\d{2}-\d{2}$/.test(date.trim());
  const instant = new Date(Math.min(wholeDay ? time + 86_399_999 : time, context.now().getTime())).toISOString();
  const deployment = store.deploymentAt(instant) ?? null;
  const run = deployment === null ? null : (store.run(deployment.runId) ?? null);
  return { at: instant, deployment, run, dataset: run === null ? null : (store.dataset(run.datasetId) ?? null) };
}
