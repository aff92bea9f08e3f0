/** A plot of predictions against labels in a monitored window of a regression model. */
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { plots } from "../../plots/index.ts";
import { html, type Html } from "../../reporting/html.ts";
import type { PageRequest } from "./frame/page.ts";

/** Null for classification, and with fewer than two labelled rows. */
export async function predictedActual(
  { draw }: PageRequest,
  { performance: { points } }: MonitorRecord,
): Promise<Html | null> {
  const pairs = points.flatMap(([, predicted, actual]) =>
    typeof predicted === "number" && typeof actual === "number" ? [{ predicted, actual }] : [],
  );
  if (pairs.length < 2) return null;
  const spec = plots.predictedVsActual({
    target: "value",
    actual: pairs.map(({ actual }) => actual),
    predicted: pairs.map(({ predicted }) => predicted),
  });
  return html`<div class="plots">${await draw("predicted-actual", spec)}</div>`;
}
