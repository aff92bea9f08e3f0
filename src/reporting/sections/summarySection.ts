/** The box at the top: decision, score, baseline, deployed model, reasons and warnings. */
import { scoreIntervalPlot } from "../../plots/bars.ts";
import { countOf, displayNumber, percent } from "../../plots/displayNumber.ts";
import { itemTable, numeric, html, type Html } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import { thresholdRows } from "../inRows.ts";
import type { ReportInput } from "../reportInput.ts";
import { doubtsOf, familyName, mainMetric, summaryOf, validationSentence, warningsOf } from "../summary.ts";

const items = (texts: readonly string[]): Html =>
  html`<ul>
    ${texts.map((text) => html`<li>${text}</li>`)}
  </ul>`;

export async function summarySection(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { status, quality, headline, sentences, details, reasons } = summaryOf(input);
  const warnings = warningsOf(input);
  return html`<section id="summary" class="summary ${quality.tone}" aria-labelledby="summary-title">
    <div class="words">
      <p><span class="badge">${status}</span> <span class="badge quality">${quality.words}</span></p>
      <h2 id="summary-title">${headline}</h2>
      ${sentences.map((sentence) => html`<p>${sentence}</p>`)}
      <p class="note">${details.join(" ")}</p>
      ${
        reasons.length > 0 &&
        html`<h3>Why</h3>
          ${items(reasons)}`
      }
      ${
        warnings.length > 0 &&
        html`<div class="warnings">
          <h3>${countOf(warnings.length, "warning")}</h3>
          ${items(warnings)}
        </div>`
      }
      ${otherWarnings(input, warnings.length > 0)}
    </div>
    ${await comparison(input, draw)} ${thresholdTable(input)}
  </section>`;
}

function thresholdTable(input: ReportInput): Html | null {
  const rows = thresholdRows(input);
  if (rows.length < 2) return null;
  const { name, classes } = input.signature.target;
  // Not a dearer one: if the threshold is the cheapest, it is the example itself.
  const own = rows.findIndex(({ isOwn }) => isOwn);
  const example = rows.find(({ isCheapest }) => isCheapest) ?? rows[own - 1] ?? rows[own + 1]!;
  const money = rows.some(({ cost }) => cost !== null);
  return html`<div class="thresholds">
    ${itemTable({ caption: "What other thresholds would do", isMarked: ({ isOwn }) => isOwn }, rows, [
      [
        numeric("Threshold"),
        ({ threshold, isOwn, isCheapest }) =>
          html`${threshold}${isOwn && html` <span class="tag">now</span>`}${
            isCheapest && html` <span class="tag">cheapest</span>`
          }`,
      ],
      [numeric("Rows with an alarm"), ({ selected }) => percent(selected)],
      [numeric(`${name} = ${classes?.[1] ?? ""} found`), ({ recall }) => percent(recall)],
      [numeric("Alarms that are right"), ({ precision }) => percent(precision)],
      [numeric("Lift"), ({ lift }) => displayNumber(lift, 2)],
      money && [numeric("Cost of 1,000 test rows"), ({ cost }) => cost],
    ])}
    <p class="note">
      At ${example.threshold}${example.isOwn && " (now, and the cheapest)"}, ${percent(example.selected)} of the rows
      get an alarm, and among them are ${percent(example.recall)} of those with ${name} = ${classes?.[1] ?? ""}:
      ${displayNumber(example.lift, 2)} times as many as at random (lift). For another threshold, set
      <code>"train": { "threshold": ${example.isOwn ? "…" : example.threshold} }</code> in config.json and run
      <code>mlctl fullprocess</code>: it fits the models again, and deploys the new threshold even if no metric
      improves.${!money && html` For money, set <code>"costs"</code>.`}
    </p>
  </div>`;
}

/** Links to the chapters with warnings, so that the summary does not deny them. */
function otherWarnings(input: ReportInput, known: boolean): Html | null {
  const failed = input.candidates.filter(({ status }) => status !== "FINISHED").length;
  const doubts = doubtsOf(input);
  const chapters = failed > 0 ? [...doubts, ["model", `${countOf(failed, "candidate")} failed`] as const] : doubts;
  const links = chapters.map(([chapter, text]) => html`<a href="#${chapter}">${text}</a>`);
  if (links.length > 0) return html`<p class="note">${links.map((link, i) => html`${i > 0 && ", "}${link}`)}.</p>`;
  return known || validationSentence(input) !== "" ? null : html`<p class="note">No warnings.</p>`;
}

async function comparison(input: ReportInput, draw: DrawFigure): Promise<Html | null> {
  const { score } = input.run;
  const value = score?.metrics[input.metric];
  if (score === null || typeof value !== "number") return null;
  const { label, greaterIsBetter } = mainMetric(input);
  const models = [{ label: "this model", value, interval: score.intervals[input.metric] ?? null }];
  const champion = input.decision?.champion;
  if (typeof champion?.value === "number") {
    models.push({ label: "previously deployed", value: champion.value, interval: champion.interval });
  }
  const validation = input.run.metrics[input.metric];
  if (typeof validation === "number") models.push({ label: "on validation rows", value: validation, interval: null });
  const naive = score.naive?.metrics[input.metric];
  if (typeof naive === "number") models.push({ label: familyName(score.naive!.family), value: naive, interval: null });
  const baseline = score.baseline[input.metric];
  if (typeof baseline === "number") models.push({ label: "baseline", value: baseline, interval: null });
  return draw("score-interval", scoreIntervalPlot({ metric: label, greaterIsBetter, models }));
}
