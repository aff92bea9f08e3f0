/** Model card: one page for readers who decide on the use of a model. @see Mitchell et al., Model cards (2019) */
import { originText } from "../../core/text/recordText.ts";
import { countOf, displayNumber, dateTime } from "../../plots/displayNumber.ts";
import { html, type Html } from "../html.ts";
import { inRows } from "../inRows.ts";
import type { ReportInput } from "../reportInput.ts";
import {
  familyName,
  fateOf,
  summaryOf,
  trainingText,
  validationSentence,
  warningsOf,
  withInterval,
} from "../summary.ts";

const MOST_SEGMENTS = 3;

export function cardBody(input: ReportInput): Html {
  const entries = cardLines(input).map(
    ([title, texts]) =>
      html`<dt>${title}</dt>
        <dd>${texts.map((text) => html`<p>${text}</p>`)}</dd>`,
  );
  return html`<dl class="card">${entries}</dl>`;
}

export function cardLines(input: ReportInput): (readonly [title: string, texts: readonly string[]])[] {
  const rows = inRows(input);
  const { quality, sentences } = summaryOf(input);
  const lines: readonly (readonly [title: string, texts: readonly string[]])[] = [
    ["Intended use", [input.description ?? 'Not stated. Set "description" in config.json.']],
    ["Model", [modelText(input)]],
    ["Data", dataTexts(input)],
    ["Result", [`Quality: ${quality.words}.`, ...(rows ? [`${rows.headline}.`, ...sentences] : [])]],
    ["Metrics", [metricText(input)]],
    ["Weakest segments", [segmentText(input)]],
    ["Limits", limitTexts(input)],
    ["Deployment", deploymentTexts(input)],
  ];
  return lines.map(([title, texts]) => [title, texts.filter((text) => text !== "")]);
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
  return [
    `${rows}${trainingText(run)}.`,
    run.score === null
      ? "Not scored on test rows yet."
      : `Tested on ${displayNumber(run.score.rows)} other rows of ${countOf(run.score.testFiles.length, "file")}.`,
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
  const { drift } = input;
  return [
    "Rows unlike those of the training are predicted worse; predictions show what goes together, not what causes it.",
    validationSentence(input),
    drift?.dataset.detected === true ? "The newest data differs from that of the training (drift)." : "",
    ...warningsOf(input),
  ];
}

function deploymentTexts(input: ReportInput): string[] {
  const { decision, deployments, run } = input;
  const own = deployments.findLast(({ runId }) => runId === run.runId);
  if (own === undefined)
    return [decision === null ? "Not decided yet." : "Not deployed.", ...(decision?.reasons ?? [])];
  const origin = originText(own);
  const deployed = `Deployed ${dateTime(own.deployedAt)}${origin === "" ? "" : ` by ${origin}`}`;
  const [status, words] = fateOf(input);
  const since = status === "deployed" ? "" : ` It was ${words}.`;
  return [`${deployed} (deployment ${own.deploymentId}).${since}`, `Why: ${own.reasons.join("; ")}.`];
}
