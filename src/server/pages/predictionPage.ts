/** /ui/predictions/<id>: one logged prediction with its inputs, label and SHAP values. */
import { displayNumber, percent } from "../../plots/displayNumber.ts";
import { numeric } from "../../reporting/dataTable.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import { html, type Html } from "../../reporting/html.ts";
import { section } from "../../reporting/section.ts";
import type { LogEntry } from "../../storage/predictionLog/logReader.ts";
import { signedBar } from "./charts/bars.ts";
import { factList, modelLink, labelWord } from "./frame/parts.ts";
import { itemTable } from "./frame/itemTable.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { pageAddress } from "./frame/pageAddress.ts";
import { predictionNamed } from "./lookups.ts";
import { predictionShap, type PredictionShap } from "./predictionShap.ts";
import { valueText } from "./predictionsPage.ts";

export async function predictionPage(request: PageRequest): Promise<Page> {
  const entry = await predictionNamed(request);
  const shap = predictionShap(request, entry);
  const positive = "reason" in shap ? null : shap.outputName;
  return {
    title: `Prediction ${entry.predictionId.slice(0, 12)}…`,
    area: "predictions",
    body: html`<p class="crumbs"><a href="${pageAddress("predictions")}">Predictions</a></p>
      ${section("prediction", "Prediction", facts(entry, positive))}
      ${section("explanation", "Why this prediction", explanation(entry, shap))}
      ${section("inputs", "Inputs", inputs(entry))}`,
  };
}

function facts(entry: LogEntry, positive: string | null): Html {
  const { predictionId, at, prediction, probability, label, labelledAt, runId, modelSha256, source } = entry;
  const known =
    label === null ? "not known yet" : html`${valueText(label)} ${probability === null ? null : labelWord(entry)}`;
  return factList([
    ["Prediction", html`<span class="figure">${valueText(prediction)}</span>`],
    [
      `Probability${positive === null ? "" : ` of “${positive}”`}`,
      probability === null ? null : html`<span class="figure">${percent(probability)}</span>`,
    ],
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

function explanation({ probability }: LogEntry, shap: PredictionShap): Html {
  if ("reason" in shap) return html`<p class="empty">${shap.reason}</p>`;
  const { unit, baseValue, columns, total, outputName } = shap;
  const largest = Math.max(...columns.map(({ value }) => Math.abs(value)), 1e-12);
  const of = outputName === null ? "" : ` of “${outputName}”`;
  const isLogOdds = unit === "log-odds" && outputName !== null;
  const asShares =
    isLogOdds &&
    ` That is ${percent(sigmoid(baseValue))} → ${percent(probability ?? sigmoid(total))} as a probability.`;
  return html`<p>
      Average prediction ${displayNumber(baseValue)} → this row ${displayNumber(total)} (${unit}${of}).${asShares}
    </p>
    ${itemTable(
      `Effect of each column on the prediction (SHAP values, ${unit}${of}), largest first`,
      columns,
      [
        ["Column", ({ name }) => name],
        [
          "Value of this row",
          ({ input, name }) =>
            input === undefined ? html`<span class="quiet">made from ${name}</span>` : cellText(input),
        ],
        [numeric("Effect"), ({ value }) => signed(value)],
        ["Lowers or raises it", ({ value }) => signedBar(value / largest)],
      ],
      { limit: MAX_BARS },
    )}
    ${
      columns.some(({ features }) => features.length > 1) &&
      html`<details>
        <summary>By feature</summary>
        ${itemTable(
          "Features that the model sees",
          columns.flatMap(({ name, features }) => features.map((feature) => ({ ...feature, column: name }))),
          [
            ["Feature", ({ name }) => name],
            ["Column", ({ column }) => column],
            [numeric("Effect"), ({ value }) => signed(value)],
          ],
        )}
      </details>`
    }`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${displayNumber(value)}`;
}

function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** Logs of earlier versions may have values of any length. */
const LONGEST_VALUE = 2000;

function shortened(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}

function cellText(value: LogEntry["inputs"][string] | undefined): Html | string {
  return value === null || value === undefined ? html`<span class="quiet">missing</span>` : shortened(String(value));
}

function inputs({ inputs: given }: LogEntry): Html {
  return itemTable("Input values as received", Object.entries(given), [
    ["Column", ([name]) => name],
    ["Value", ([, value]) => cellText(value)],
  ]);
}
