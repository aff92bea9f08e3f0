/** Whether an answer was right, as a sign and a word. */
import { html, type Html } from "../../reporting/html.ts";
import type { JoinedPrediction } from "../../storage/predictionLog/readPredictions.ts";

export function truthWord({ label, prediction }: Pick<JoinedPrediction, "label" | "prediction">): Html | string {
  if (label === null) return "–";
  return String(label) === String(prediction)
    ? html`<span class="state good"><span aria-hidden="true">✓</span> right</span>`
    : html`<span class="state bad"><span aria-hidden="true">✕</span> wrong</span>`;
}
