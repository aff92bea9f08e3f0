/** HTML parts that pages share: fact lists, links to runs, status words, page links, parameters, forms, bars. */
import { isObject, type Json } from "../../../core/json.ts";
import { familyName } from "../../../reporting/summary.ts";
import { dateTime, percent } from "../../../plots/displayNumber.ts";
import { html, type Html } from "../../../reporting/html.ts";
import { NAME_TAG, type Run } from "../../../core/records/lineage.ts";
import { state, stateWord } from "../../../reporting/verdicts.ts";
import { pageAddress } from "./page.ts";
import type { MonitorStatus } from "../../../core/records/monitoring.ts";
import type { JoinedPrediction } from "../../../storage/predictionLog/logReader.ts";

export type Fact = readonly [name: string, value: Html | string | number | null, width?: "whole"];

export function big(text: string): Html {
  return html`<span class="big">${text}</span>`;
}

export function nowrap(text: string): Html {
  return html`<span class="nowrap">${text}</span>`;
}

/** Without the zone: the footer of each page says that times are UTC. */
export function listTime(iso: string): Html {
  return nowrap(dateTime(iso).replace(" UTC", ""));
}

/** @param drawn its bar, by default that of the share */
export function barCell(share: number, drawn = shareBar(share)): Html {
  return html`<span class="bar-cell">${drawn} ${percent(share)}</span>`;
}

/** Omits facts without a value. */
export function factList(facts: readonly (Fact | false)[]): Html {
  const shown = facts.filter((fact): fact is Fact => fact !== false && fact[1] !== null && fact[1] !== "");
  return html`<dl class="facts">
    ${shown.map(
      ([name, value, size = "part"]) =>
        html`<div class="${size}">
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

export function runLink(runId: string, modelVersion: Run["modelVersion"] = null): Html {
  return html`<span class="nowrap"
    ><a href="${pageAddress("runs", runId)}"><code>${runId}</code></a
    >${modelVersion !== null && html` <span class="tag">v${modelVersion}</span>`}</span
  >`;
}

export function runName({ runId, modelVersion, tags }: Run): Html {
  const name = tags[NAME_TAG];
  return html`${name !== undefined && html`<strong>${name}</strong> `}${runLink(runId, modelVersion)}`;
}

/** @param runId null for a model that was not trained in this workspace */
export function modelLink(runId: string | null, modelVersion: Run["modelVersion"] = null): Html | string {
  return runId === null ? "a model file" : runLink(runId, modelVersion);
}

/** The state of a monitored window, which is not judged if it has too few rows. */
export function windowWord(status: MonitorStatus): Html {
  return status === "skipped" ? state("quiet", "–", "too few rows") : stateWord(status);
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
export function pager(label: string, links: readonly [string | null, string | null], words = ["Previous", "Next"]) {
  const [previous, next] = links;
  if (previous === null && next === null) return null;
  return html`<nav class="pager" aria-label="${label}">
    <ul>
      ${previous !== null && html`<li><a rel="prev" href="${previous}">← ${words[0]}</a></li>`}
      ${next !== null && html`<li><a rel="next" href="${next}">${words[1]} →</a></li>`}
    </ul>
  </nav>`;
}

/** Models in a list are named by family, with their weight in an ensemble. */
export function paramText(value: Json): string {
  if (typeof value === "string") return value;
  if (value === null) return "not set";
  const models = Array.isArray(value) ? value.filter((each) => isObject(each) && typeof each.family === "string") : [];
  if (!Array.isArray(value) || models.length === 0 || models.length < value.length) return JSON.stringify(value);
  return (models as { family: string; weight?: number; params?: Json }[])
    .map(({ family, weight, params }) => {
      const own = isObject(params) && weight === undefined ? Object.entries(params) : [];
      const text = own.map(([name, each]) => `${name} ${paramText(each)}`).join(", ");
      return `${familyName(family)}${weight === undefined ? "" : ` ${percent(weight)}`}${text === "" ? "" : ` (${text})`}`;
    })
    .join("; ");
}

export function filterForm(action: string, name: string, fields: Html): Html {
  return html`<form class="fields" method="get" action="${action}" aria-label="${name}">
    ${fields}
    <button type="submit">Show</button>
  </form>`;
}

export function choice(name: string, label: string, chosen: string, options: readonly (readonly [string, string])[]) {
  return html`<label
    >${label}
    <select name="${name}">
      ${options.map(([value, text]) => html`<option value="${value}" ${value === chosen && html`selected`}>${text}</option>`)}
    </select>
  </label>`;
}

export function dayFields({ from = "", to = "" }: { from?: string | undefined; to?: string | undefined }): Html {
  return html`<label>First day <input type="date" name="from" value="${from}" /></label>
    <label>Last day <input type="date" name="to" value="${to}" /></label>`;
}

export function checkbox(name: string, label: string, isChecked: boolean): Html {
  return html`<label class="check"
    ><input type="checkbox" name="${name}" value="1" ${isChecked && html`checked`} />${label}</label
  >`;
}

const WIDTH = 100;

/** From the left. @param share from 0 to 1 @param colour place in the palette */
export function shareBar(share: number, colour = 0): Html {
  return bar(html`<rect class="c${colour}" width="${barWidth(share)}" height="10" />`);
}

/** From the middle to the left (negative) or right. @param share from −1 to 1 */
export function signedBar(share: number): Html {
  const size = barWidth(Math.abs(share) / 2);
  const left = share < 0 ? WIDTH / 2 - size : WIDTH / 2;
  return bar(
    html`<rect class="${share < 0 ? "down" : "up"}" x="${left}" width="${size}" height="10" /><path
        class="axis-line"
        d="M${WIDTH / 2} 0V10"
      />`,
  );
}

function barWidth(share: number): number {
  return Math.round(share * WIDTH * 10) / 10;
}

function bar(content: Html): Html {
  return html`<svg class="chart bars" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">
    ${content}
  </svg>`;
}
