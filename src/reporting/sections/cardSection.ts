/** Model card: one page for readers who decide on the use of a model. @see Mitchell et al., Model cards (2019) */
import { originText } from "../../core/text/recordText.ts";
import { countOf, displayNumber } from "../../plots/displayNumber.ts";
import { dateTime } from "../dateTime.ts";
import { html, type Html } from "../html.ts";
import { inRows } from "../inRows.ts";
import type { ReportInput } from "../reportInput.ts";
import { section } from "../section.ts";
import { familyName, summaryOf, validationSentence, withInterval } from "../summary.ts";

const MOST_SEGMENTS = 3;

export function cardSection(input: ReportInput): Html {
  const lines: readonly (readonly [title: string, ...texts: readonly (string | Html)[]])[] = [
    ["Intended use", input.description ?? html`Not stated. Set <code>"description"</code> in config.json.`],
    ["Model", modelText(input)],
    ["Data", ...dataTexts(input)],
    ["Result", ...resultTexts(input)],
    ["Metrics", metricText(input)],
    ["Weakest segments", segmentText(input)],
    ["Limits", ...limitTexts(input)],
    ["Deployment", ...deploymentTexts(input)],
  ];
  const entries = lines.map(
    ([title, ...texts]) =>
      html`<dt>${title}</dt>
        <dd>${texts.filter((text) => text !== "").map((text) => html`<p>${text}</p>`)}</dd>`,
  );
  return section("card", "Model card", html`<dl class="card">${entries}</dl>`);
}

function modelText({ run, signature, thresholds }: ReportInput): string {
  const { name, classes } = signature.target;
  const version = run.modelVersion === null ? "" : ` v${run.modelVersion}`;
  const from = thresholds === null ? "" : ` “${thresholds.positive}” is predicted from a probability of ${displayNumber(thresholds.threshold)}.`; // prettier-ignore
  const kind = classes === undefined ? "a number" : countOf(classes.length, "class", "classes");
  const { length: columns } = signature.inputs;
  return `${familyName(run.family)}${version}, run ${run.runId}, trained ${dateTime(run.createdAt)}: predicts ${name} (${kind}) from ${countOf(columns, "column")}.${from}`;
}

function dataTexts({ run, dataset, data }: ReportInput): string[] {
  const files = dataset === null ? "" : ` from ${countOf(dataset.files.length, "file")}`;
  const rows = data === null ? "" : `${countOf(data.rows, "row")}${files}; `;
  const again = run.refitRows === undefined ? "" : `, then fitted again on ${displayNumber(run.refitRows)}`;
  return [
    `${rows}trained on ${displayNumber(run.trainingRows)} and chosen on ${displayNumber(run.validationRows)} of them${again}.`,
    run.score === null
      ? "There is no test data."
      : `Tested on ${displayNumber(run.score.rows)} other rows of ${countOf(run.score.testFiles.length, "file")}.`,
  ];
}

function resultTexts(input: ReportInput): string[] {
  const rows = inRows(input);
  return [
    `Quality: ${summaryOf(input).quality.words}.`,
    ...(rows === null ? [] : [`${rows.headline}.`, ...rows.sentences]),
  ];
}

function metricText({ run, metrics }: ReportInput): string {
  const { score } = run;
  if (score === null) return "Not tested.";
  const known = metrics.filter(({ name }) => typeof score.metrics[name] === "number");
  const values = known.map(({ name, label }) => `${label} ${withInterval(score.metrics[name], score.intervals[name])}`);
  return `${values.join("; ")}. In brackets: 95 % intervals.`;
}

function segmentText({ weakest }: ReportInput): string {
  if (weakest === null || weakest.compared === 0) return "Not compared.";
  const { metric, value, segments, compared } = weakest;
  const worst = segments
    .slice(0, MOST_SEGMENTS)
    .map((each) => `${each.column} = ${each.value} (${displayNumber(each.metricValue)}, ${countOf(each.rows, "row")})`);
  const found = worst.length === 0 ? "none of them is clearly worse" : `worst at ${worst.join("; ")}`;
  return `${metric.label} is ${displayNumber(value)} on all rows; of ${countOf(compared, "segment")} ${found}.`;
}

function limitTexts(input: ReportInput): string[] {
  const { run, warnings, drift } = input;
  return [
    "Rows unlike those of the training are predicted worse; predictions show what goes together, not what causes it.",
    validationSentence(input),
    drift?.dataset.detected === true ? "The newest data differs from that of the training (drift)." : "",
    ...new Set([...warnings, ...run.warnings]),
  ];
}

function deploymentTexts({ decision, deployments, run }: ReportInput): string[] {
  const own = deployments.findLast(({ runId }) => runId === run.runId);
  if (own === undefined)
    return [decision === null ? "Not decided yet." : "Not deployed.", ...(decision?.reasons ?? [])];
  const origin = originText(own);
  const by = origin === "" ? "" : ` by ${origin}`;
  return [
    `Deployed ${dateTime(own.deployedAt)}${by} (deployment ${own.deploymentId}).`,
    `Why: ${own.reasons.join("; ")}.`,
  ];
}
