/** Names and what they are, side by side. */
import { html, type Html } from "../../../reporting/html.ts";
import type { Run } from "../../../core/records/run.ts";
import { pageAddress } from "./pageAddress.ts";
import type { MonitorStatus } from "../../../core/records/monitoring.ts";
import type { JoinedPrediction } from "../../../storage/predictionLog/readPredictions.ts";

export type Fact = readonly [name: string, value: Html | string | number | null, width?: "whole"];

/** Facts without a value are left out. */
export function factList(facts: readonly (Fact | false)[]): Html {
  const shown = facts.filter((fact): fact is Fact => fact !== false && fact[1] !== null && fact[1] !== "");
  return html`<dl class="facts">
    ${shown.map(
      ([name, value, width = "part"]) =>
        html`<div class="${width}">
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A run by its id, with the version of its model where it kept one. */
export function runLink(runId: string, modelVersion: Run["modelVersion"] = null): Html {
  const version = modelVersion === null ? null : html` <span class="tag">v${modelVersion}</span>`;
  return html`<a class="nowrap" href="${pageAddress("runs", runId)}"><code>${runId}</code></a
    >${version}`;
}

/** Runs of models from elsewhere have no record here. */
export function modelLink(runId: string | null, modelVersion: Run["modelVersion"] = null): Html | string {
  return runId === null ? "a model file" : runLink(runId, modelVersion);
}

const told = {
  pass: ["✓", "passed", "good"],
  warn: ["!", "warning", "caution"],
  fail: ["✕", "failed", "bad"],
  skipped: ["–", "not judged", "quiet"],
} as const;

/** A verdict with a sign and a word beside its colour. */
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

/** Whether an answer was right, as a sign and a word. */
export function labelWord({ label, prediction }: Pick<JoinedPrediction, "label" | "prediction">): Html | string {
  if (label === null) return "–";
  return String(label) === String(prediction)
    ? html`<span class="state good"><span aria-hidden="true">✓</span> right</span>`
    : html`<span class="state bad"><span aria-hidden="true">✕</span> wrong</span>`;
}

/** Links to the pages before and after. */
export interface PagerLinks {
  readonly label: string;
  readonly previous: string | null;
  readonly next: string | null;
  readonly words?: readonly [previous: string, next: string];
}

export function pager({ label, previous, next, words = ["Previous", "Next"] }: PagerLinks): Html | null {
  if (previous === null && next === null) return null;
  return html`<nav class="pager" aria-label="${label}">
    <ul>
      ${previous !== null && html`<li><a rel="prev" href="${previous}">← ${words[0]}</a></li>`}
      ${next !== null && html`<li><a rel="next" href="${next}">${words[1]} →</a></li>`}
    </ul>
  </nav>`;
}
