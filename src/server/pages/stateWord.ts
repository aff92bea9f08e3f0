/** A verdict with a sign and a word beside its colour. */
import type { MonitorStatus } from "../../core/monitoring.ts";
import { html, type Html } from "../../reporting/html.ts";

const told = {
  pass: ["✓", "passed", "good"],
  warn: ["!", "warning", "caution"],
  fail: ["✕", "failed", "bad"],
  skipped: ["–", "not judged", "quiet"],
} as const;

export function stateWord(status: MonitorStatus): Html {
  const [sign, word, tone] = told[status];
  return html`<span class="state ${tone}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

export function stateTone(status: MonitorStatus): string {
  return told[status][2];
}

/** What a run ended as. */
export function runState(status: string): Html {
  if (status === "FINISHED") return html`<span class="state good"><span aria-hidden="true">✓</span> finished</span>`;
  const tone = status === "RUNNING" ? "quiet" : "bad";
  const sign = status === "RUNNING" ? "…" : "✕";
  return html`<span class="state ${tone}"><span aria-hidden="true">${sign}</span> ${status.toLowerCase()}</span>`;
}
