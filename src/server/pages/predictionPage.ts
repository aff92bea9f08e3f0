/** /ui/predictions/<id>: one logged prediction with its inputs, label and SHAP values. */
import { displayNumber, percent } from "../../plots/displayNumber.ts";
import { numeric } from "../../reporting/dataTable.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import { html, type Html } from "../../reporting/html.ts";
import { section } from "../../reporting/section.ts";
import type { LogEntry } from "../../storage/predictionLog/logReader.ts";
import { factList, modelLink, labelWord } from "./frame/parts.ts";
import { itemTable } from "./frame/itemTable.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { pageAddress } from "./frame/pageAddress.ts";
import { predictionNamed } from "./lookups.ts";
import { predictionShap, type PredictionShap } from "./predictionShap.ts";
import { valueText } from "./predictionsPage.ts";

export async function predictionPage(request: PageRequest): Promise<Page> {
  const entry = await predictionNamed(request);
  return {
    title: `Prediction ${entry.predictionId.slice(0, 12)}…`,
    area: "predictions",
    body: html`<p class="crumbs"><a href="${pageAddress("predictions")}">Predictions</a></p>
      ${section("prediction", "Prediction", facts(entry))}
      ${section("explanation", "Explanation", explanation(predictionShap(request, entry)))}
      ${section("inputs", "Inputs", inputs(entry))}`,
  };
}

function facts(entry: LogEntry): Html {
  const { predictionId, at, prediction, probability, label, labelledAt, runId, modelSha256, source } = entry;
  const known =
    label === null ? "not known yet" : html`${valueText(label)} ${probability === null ? null : labelWord(entry)}`;
  return factList([
    ["Prediction", html`<span class="figure">${valueText(prediction)}</span>`],
    ["Probability", probability === null ? null : percent(probability)],
    ["Label", known],
    [
      "Error",
      probability === null && typeof label === "number" && typeof prediction === "number"
        ? displayNumber(label - prediction)
        : null,
    ],
    ["Labelled", labelledAt === null ? null : dateTime(new Date(labelledAt).toISOString())],
    [
      "Predicted",
      html`<time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().replace("T", " ")}</time>`,
    ],
    ["Model", modelLink(runId)],
    ["Model file", html`<code title="${modelSha256}">${modelSha256.slice(0, 12)}…</code>`],
    ["Source", source],
    ["ID", html`<code>${predictionId}</code>`],
    ["Lineage", html`<code>mlctl lineage ${predictionId}</code>`, "whole"],
  ]);
}

const MAX_BARS = 30;
const BAR = 100;

function explanation(shap: PredictionShap): Html {
  if ("reason" in shap) return html`<p class="empty">${shap.reason}</p>`;
  const { unit, baseValue, contributions, total, outputName } = shap;
  const largest = Math.max(...contributions.map(({ value }) => Math.abs(value)), 1e-12);
  return html`<p>
      Each feature adds its SHAP value to the base value ${displayNumber(baseValue)}; the sum is
      ${displayNumber(total)}. Unit: ${unit}${outputName === null ? "" : ` of “${outputName}”`}.
    </p>
    ${itemTable(
      "SHAP values, largest first",
      contributions,
      [
        ["Feature", ({ name }) => name],
        [numeric("Adds"), ({ value }) => `${value > 0 ? "+" : ""}${displayNumber(value)}`],
        ["Direction", ({ value }) => (value === 0 ? "none" : value > 0 ? "up ▲" : "down ▼")],
        ["Size", ({ value }) => bar(value / largest)],
      ],
      { limit: MAX_BARS },
    )}`;
}

function bar(share: number): Html {
  const width = Math.max(0.5, Math.abs(share) * BAR);
  return html`<svg class="chart bars" viewBox="0 0 ${BAR} 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="${share > 0 ? "up" : "down"}" width="${width.toFixed(1)}" height="10" />
  </svg>`;
}

/** Logs of earlier versions may have values of any length. */
const LONGEST_VALUE = 2000;

function shortened(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}

function inputs({ inputs: given }: LogEntry): Html {
  return itemTable("Input values as received", Object.entries(given), [
    ["Column", ([name]) => name],
    ["Value", ([, value]) => (value === null ? html`<span class="quiet">missing</span>` : shortened(String(value)))],
  ]);
}
