/** /ui/predictions/<id>: one logged prediction with its inputs, label and SHAP values. */
import { displayNumber, percent, dateTime } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, section, type Html } from "../../reporting/html.ts";
import type { LogEntry } from "../../storage/predictionLog/logReader.ts";
import { big, signedBar, factList, modelLink, labelWord } from "./frame/parts.ts";
import { pageAddress, type Page, type PageRequest } from "./frame/page.ts";
import { predictionNamed, recordedModel } from "./lookups.ts";
import { valueText } from "./predictionsPage.ts";
import { attempt } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import { explain, shapUnit } from "../../pipeline/predict/explain.ts";
import { rowReader } from "../../pipeline/rows/rowReader.ts";

export async function predictionPage(request: PageRequest): Promise<Page> {
  const entry = await predictionNamed(request);
  const shap = predictionShap(request, entry);
  const positive = "reason" in shap ? null : shap.outputName;
  const inputs = itemTable("Input values as received", Object.entries(entry.inputs), [
    ["Column", ([name]) => name],
    ["Value", ([, value]) => cellText(value)],
  ]);
  return {
    title: `Prediction ${entry.predictionId.slice(0, 12)}…`,
    area: "predictions",
    body: html`<p class="crumbs"><a href="${pageAddress("predictions")}">Predictions</a></p>
      ${section("prediction", "Prediction", facts(entry, positive))}
      ${section("explanation", "Why this prediction", explanation(entry, shap))} ${section("inputs", "Inputs", inputs)}`,
  };
}

function facts(entry: LogEntry, positive: string | null): Html {
  const { predictionId, prediction, probability, label, labelledAt, modelSha256 } = entry;
  const known =
    label === null ? "not known yet" : html`${valueText(label)} ${probability === null ? null : labelWord(entry)}`;
  const isNumber = probability === null && typeof label === "number" && typeof prediction === "number";
  const time = new Date(entry.at).toISOString();
  const share = `Probability${positive === null ? "" : ` of “${positive}”`}`;
  return factList([
    ["Prediction", big(valueText(prediction))],
    [share, probability === null ? null : big(percent(probability))],
    ["Threshold of the request", entry.threshold ?? null],
    ["Label", known],
    ["Error", isNumber ? displayNumber(label - prediction) : null],
    ["Labelled", labelledAt === null ? null : dateTime(new Date(labelledAt).toISOString())],
    ["Predicted", html`<time datetime="${time}">${time.replace("T", " ")}</time>`],
    ["Model", modelLink(entry.runId)],
    ["Model file", html`<code title="${modelSha256}">${modelSha256.slice(0, 12)}…</code>`],
    ["Source", entry.source],
    ["Request", entry.requestId ?? null],
    ["ID", html`<code>${predictionId}</code>`],
    ["Lineage", html`<code>mlctl lineage ${predictionId}</code>`, "whole"],
  ]);
}

const MAX_BARS = 30;

function explanation({ probability }: LogEntry, shap: PredictionShap): Html {
  if ("reason" in shap) return html`<p class="empty">${shap.reason}</p>`;
  const { unit, baseValue, columns, total, outputName, averageShare } = shap;
  const largest = Math.max(...columns.map(({ value }) => Math.abs(value)), 1e-12);
  const of = outputName === null ? "" : ` of “${outputName}”`;
  const shares = [averageShare, probability];
  const asShares =
    shares.every((share) => share !== null) && ` That is ${shares.map(percent).join(" → ")} as a probability.`;
  const caption = `Effect of each column on the prediction (SHAP values, ${unit}${of}), largest first`;
  const byFeature = columns.flatMap(({ name, features }) => features.map((each) => ({ ...each, column: name })));
  return html`<p>
      Average prediction ${displayNumber(baseValue)} → this row ${displayNumber(total)} (${unit}${of}).${asShares}
    </p>
    ${itemTable({ caption, limit: MAX_BARS }, columns, [
      ["Column", ({ name }) => name],
      [
        "Value of this row",
        ({ input, name }) =>
          input === undefined ? html`<span class="quiet">made from ${name}</span>` : cellText(input),
      ],
      [numeric("Effect"), ({ value }) => signed(value)],
      ["Lowers or raises it", ({ value }) => signedBar(value / largest)],
    ])}
    ${
      byFeature.length > columns.length &&
      html`<details>
        <summary>By feature</summary>
        ${itemTable("Features that the model sees", byFeature, [
          ["Feature", ({ name }) => name],
          ["Column", ({ column }) => column],
          [numeric("Effect"), ({ value }) => signed(value)],
        ])}
      </details>`
    }`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${displayNumber(value)}`;
}

/** The probability of an output, without calibration. */
function shareOf(margins: readonly number[], output: number): number {
  const others = margins.length === 1 ? [0, margins[0]!] : margins;
  const own = margins[output]!;
  return 1 / others.reduce((sum, margin) => sum + Math.exp(margin - own), 0);
}

function cellText(value: LogEntry["inputs"][string] | undefined): Html | string {
  return value === null || value === undefined ? html`<span class="quiet">missing</span>` : String(value);
}

type PredictionShap = { readonly reason: string } | ReturnType<typeof explained>;

function predictionShap(request: PageRequest, entry: LogEntry): PredictionShap {
  const { modelSha256, runId } = entry;
  const served = request.state.serving?.served;
  const run = runId === null ? undefined : request.session.store.run(runId);
  const recorded = run?.model?.sha256 === modelSha256 ? recordedModel(request, run) : null;
  const model = served?.deployment.model.sha256 === modelSha256 ? served.model : recorded;
  const reason =
    "The model of this prediction is no longer stored here, cannot be read, or is too large for this page. Next step: mlctl explain, which has no size limit.";
  if (model === null) return { reason };
  return attempt<PredictionShap, PredictionShap>(
    () => explained(model, entry),
    ({ message }) => ({ reason: `This prediction cannot be explained: ${message}.` }),
  );
}

/**
 * `outputName` is the class that the SHAP values refer to: the predicted class, or the second of two; null in regression.
 * `columns` have the sums over their features, the largest first; `input` is undefined if the column is not an input.
 */
function explained(model: Model, { inputs, prediction }: LogEntry) {
  const names = model.signature.inputs.map(({ name }) => name);
  const row = names.map((name) => (Object.hasOwn(inputs, name) ? inputs[name]! : null));
  const { table } = rowReader(model.signature, names)([row]);
  const { featureNames, columns: byColumn, outputCount, baseValues, values, unit } = explain(model, table);
  const { classes = [], task } = model.signature.target;
  const output = outputCount === 1 ? 0 : Math.max(0, classes.indexOf(String(prediction)));
  const columns = Array.from(byColumn, ([column, places]) => {
    const features = places.map((i) => ({ name: featureNames[i]!, value: values[output * featureNames.length + i]! }));
    const value = features.reduce((sum, each) => sum + each.value, 0);
    const input = Object.hasOwn(inputs, column) ? inputs[column] : undefined;
    return { name: column, value, input, features: features.toSorted(bySize) };
  });
  const baseValue = baseValues[output]!;
  return {
    unit: shapUnit(model.signature.target, unit),
    baseValue,
    averageShare: task === "regression" ? null : shareOf(baseValues, output),
    total: columns.reduce((sum, { value }) => sum + value, baseValue),
    outputName: outputCount > 1 ? (classes[output] ?? null) : task === "binary" ? (classes[1] ?? null) : null,
    columns: columns.toSorted(bySize),
  };
}

function bySize(a: { readonly value: number }, b: { readonly value: number }): number {
  return Math.abs(b.value) - Math.abs(a.value);
}
