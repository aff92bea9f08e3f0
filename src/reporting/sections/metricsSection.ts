/** Metrics on the test set with intervals, compared with the baseline. */
import { displayInterval, displayNumber, percent } from "../../plots/displayNumber.ts";
import { itemTable, numeric, html, type Html } from "../html.ts";
import type { ScoreRecord } from "../../core/records/lineage.ts";
import { ONE_STEP } from "../../core/text/recordText.ts";
import { againstRival, constantAlarm, familyName } from "../summary.ts";
import type { MetricLabel, ReportInput } from "../reportInput.ts";

export function metricsBody(input: Pick<ReportInput, "run" | "metrics" | "metric">): Html {
  const { run } = input;
  if (run.score === null) return validationOnly(input);
  const { score } = run;
  const isMarked = ({ name }: MetricLabel): boolean => name === input.metric;
  const table = itemTable({ caption: `Metrics on ${displayNumber(score.rows)} test rows`, isMarked }, input.metrics, [
    ["Metric", (each) => html`${each.label}${isMarked(each) && html` <span class="tag">main metric</span>`}`],
    [numeric("Value"), ({ name }) => displayNumber(score.metrics[name])],
    [numeric("95 % interval"), ({ name }) => displayInterval(score.intervals[name])],
    [numeric("On validation rows"), ({ name }) => displayNumber(run.metrics[name])],
    [numeric("Baseline"), ({ name }) => displayNumber(score.baseline[name])],
    score.naive !== undefined && [
      numeric(`Forecast by ${familyName(score.naive.family)}`),
      ({ name }) => displayNumber(score.naive!.metrics[name]),
    ],
    [
      score.naive === undefined ? "Compared with baseline" : "Compared with the better one",
      (each) => verdict(score, each),
    ],
  ]);
  const alarm = constantAlarm(score.baseline);
  return html`${table}
    <p class="note">
      Intervals are bootstrap intervals over the test rows. The baseline is trained on the same rows as the model and
      ignores all columns${alarm === "" ? "" : `: it gives ${alarm}`}. “–” means undefined.
      ${score.naive !== undefined && `${ONE_STEP}.`}
    </p>
    ${copies(score)}`;
}

function copies({ copiedRows, copiedValidationRows = 0, rows }: ScoreRecord): Html {
  if (copiedRows === null)
    return html`<p>Test rows could not be checked for copies of training rows: the training data no longer exists.</p>`;
  const of = (count: number): string =>
    `${displayNumber(count)} of ${displayNumber(rows)} test rows (${percent(count / rows)}) are`;
  return html`${
    copiedRows === 0
      ? html`<p>No test row is a copy of a training row.</p>`
      : html`<p class="warning">${of(copiedRows)} copies of training rows, so the metrics may be too optimistic.</p>`
  }
  ${
    copiedValidationRows !== null &&
    copiedValidationRows > 0 &&
    html`<p class="warning">
      ${of(copiedValidationRows)} rows that the model was validated on, so the metrics are not independent of the choice
      of the model. Use test rows that were not ingested.
    </p>`
  }`;
}

function verdict(score: ScoreRecord, metric: MetricLabel): Html | string {
  const found = againstRival(score, metric);
  if (found === null) return "–";
  const { value, baseline, isAhead, isSure } = found;
  if (value === baseline) return "same";
  if (!isSure) return `${isAhead ? "ahead" : "behind"}, not significant`;
  return html`<span class="${isAhead ? "good" : "bad"}">${isAhead ? "better" : "worse"}</span>`;
}

function validationOnly({ run, metrics }: Pick<ReportInput, "run" | "metrics">): Html {
  const known = metrics.filter(({ name }) => run.metrics[name] !== undefined);
  const caption = `Metrics on ${displayNumber(run.validationRows)} validation rows, held out from training`;
  const table = itemTable(caption, known, [
    ["Metric", ({ label }) => label],
    [numeric("Value"), ({ name }) => displayNumber(run.metrics[name])],
  ]);
  return html`<p class="empty">
      The model was not scored: run <code>mlctl score --model ${run.runId}</code>, with test rows in the folder of
      test_data_path.
    </p>
    ${known.length > 0 && table}`;
}
