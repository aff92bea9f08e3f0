/** HTML parts that pages share: fact lists, links to runs, status words, page links. */
import { exact } from "../../../plots/displayNumber.ts";
import { html, type Html } from "../../../reporting/html.ts";
import { NAME_TAG, type Run } from "../../../core/records/run.ts";
import { pageAddress } from "./pageAddress.ts";
import type { MonitorStatus } from "../../../core/records/monitoring.ts";
import type { JoinedPrediction } from "../../../storage/predictionLog/logReader.ts";

export type Fact = readonly [name: string, value: Html | string | number | null, width?: "whole"];

/** Omits facts without a value. */
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

/** A link to a run, with the version of its model if it has one. */
export function runLink(runId: string, modelVersion: Run["modelVersion"] = null): Html {
  return html`<span class="nowrap"
    ><a href="${pageAddress("runs", runId)}"><code>${runId}</code></a
    >${modelVersion !== null && html` <span class="tag">v${modelVersion}</span>`}</span
  >`;
}

/** The name of a run if it has one, its id, and its tags. */
export function runName({ runId, modelVersion, tags }: Run): Html {
  const name = tags[NAME_TAG];
  return html`${name !== undefined && html`<strong>${name}</strong> `}${runLink(runId, modelVersion)}`;
}

/** @param runId null for a model that was not trained in this workspace */
export function modelLink(runId: string | null, modelVersion: Run["modelVersion"] = null): Html | string {
  return runId === null ? "a model file" : runLink(runId, modelVersion);
}

/** A limit with at most four significant digits. */
export function shortLimit(limit: number): string {
  return exact(Number(limit.toPrecision(4)));
}

const statuses = {
  pass: ["✓", "passed", "good"],
  warn: ["!", "warning", "caution"],
  fail: ["✕", "failed", "bad"],
  skipped: ["–", "not judged", "quiet"],
} as const;

/** A symbol and a word, so that a state does not depend on colour. */
export function state(tone: string, symbol: string, word: string): Html {
  return html`<span class="state ${tone}"><span aria-hidden="true">${symbol}</span> ${word}</span>`;
}

export function stateWord(status: MonitorStatus): Html {
  const [symbol, word, tone] = statuses[status];
  return state(tone, symbol, word);
}

/** The state of a monitored window, which is not judged if it has too few rows. */
export function windowWord(status: MonitorStatus): Html {
  return status === "skipped" ? state("quiet", "–", "too few rows") : stateWord(status);
}

export function stateTone(status: MonitorStatus): string {
  return statuses[status][2];
}

export function runState(status: string): Html {
  const [tone, symbol] = { FINISHED: ["good", "✓"], RUNNING: ["quiet", "…"] }[status] ?? ["bad", "✕"];
  return state(tone!, symbol!, status.toLowerCase());
}

/** Whether a prediction equals its label; "–" without a label. */
export function labelWord({ label, prediction }: Pick<JoinedPrediction, "label" | "prediction">): Html | string {
  if (label === null) return "–";
  return String(label) === String(prediction) ? state("good", "✓", "correct") : state("bad", "✕", "wrong");
}

/** Links to the previous and next page; null if there is none. */
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
