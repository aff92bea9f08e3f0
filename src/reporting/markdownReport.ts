/** Writes the report as a short Markdown summary for CI logs and pull request comments, and the model card. */
import { comparedRows, notJudged } from "../core/text/recordText.ts";
import { listed, present } from "../core/text/format.ts";
import { displayInterval, displayNumber, percent, dateTime } from "../plots/displayNumber.ts";
import type { ReportInput } from "./reportInput.ts";
import { cardLines } from "./sections/cardSection.ts";
import { monitoredText } from "./verdicts.ts";
import { familyName, summaryOf, warningsOf } from "./summary.ts";

/** A bot finds its earlier comment by this line and updates it. */
export const MARKDOWN_MARKER = "<!-- mlctl-report -->";

export function markdownReport(input: ReportInput): string {
  const { headline, sentences, details, reasons, quality } = summaryOf(input);
  const failed = input.findings.filter(({ status }) => status === "fail" || status === "warn");
  const checks = failed.map(({ name, message }) => `${name}: ${message}`);
  const blocks = [
    MARKDOWN_MARKER,
    `## ${plain(input.name)}: ${plain(headline)}`,
    [`Quality: ${quality.words}.`, ...sentences, ...details].map(plain).join(" "),
    list("Why", reasons),
    list("Warnings", warningsOf(input)),
    metricTable(input),
    list("Checks that did not pass", checks),
    plain(driftLine(input)),
    plain(input.monitored === undefined ? "" : monitoredText(input.monitored)),
    `<sub>Run ${code(input.run.runId)} · dataset ${code(input.run.datasetId)} · ${dateTime(input.generatedAt)}</sub>`,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

export function markdownCard(input: ReportInput): string {
  const lines = cardLines(input).map(([title, texts]) => [`## ${title}`, ...texts.map(plain)].join("\n\n"));
  return `${[`# ${plain(input.name)}: model card`, ...lines].join("\n\n")}\n`;
}

function metricTable({ run, metrics, metric }: ReportInput): string {
  const { score } = run;
  if (score === null) return "";
  const { naive } = score;
  const rivals = present([score.baseline, naive?.metrics]);
  const rows = metrics.map(({ name, label }) => {
    const title = name === metric ? `**${plain(label)}**` : plain(label);
    const own = [displayNumber(score.metrics[name]), displayInterval(score.intervals[name])];
    return `| ${[title, ...own, ...rivals.map((each) => displayNumber(each[name]))].join(" | ")} |`;
  });
  const [head, line] = naive === undefined ? ["", ""] : [` ${familyName(naive.family)} |`, " ---: |"];
  const title = `| Metric | Value | 95 % interval | Baseline |${head}`;
  return [title, `| --- | ---: | ---: | ---: |${line}`, ...rows].join("\n");
}

function driftLine({ drift }: ReportInput): string {
  if (drift === null) return "Drift: there were no new rows to compare.";
  const { dataset, columns } = drift;
  if (dataset.tested === 0) return `Drift: ${notJudged(drift)}.`;
  const drifted = Object.keys(columns).filter((name) => columns[name]!.drifted);
  const names = drifted.length === 0 ? "" : `: ${listed(drifted, 10)}`;
  return `Drift: ${dataset.detected ? "detected" : "not detected"}, ${dataset.drifted} of ${dataset.tested} columns drifted (detected from ${percent(dataset.limit)})${names}; ${comparedRows(drift, displayNumber)}.`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : [`**${title}**`, "", ...items.map((item) => `- ${plain(item)}`)].join("\n");
}

/** Escapes names from the data, so that they cannot become markup, mention people or end a table cell. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*{}[\]#|~!]|(?<!\w)_|_(?!\w)/g, "\\$&")
    .replace(/@(?=\w)/g, "@\u200b")
    .replace(/:\/\//g, ":&#47;&#47;");
}

function code(text: string): string {
  return `\`${text.replace(/[`\s|]/g, " ")}\``;
}
