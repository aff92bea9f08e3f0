/** Lineage: files, dataset, run, model and deployment, each with its hash. */
import type { Dataset, ScoreRecord } from "../../core/records/lineage.ts";
import { cellNumber, countOf, displayNumber, percent, dateTime } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, emptyNote, type Html } from "../html.ts";
import type { ReportInput } from "../reportInput.ts";
import { trainingText } from "../summary.ts";
import { frequentCategories, type ColumnReference } from "../../core/records/model.ts";

type LineageInput = Pick<ReportInput, "dataset" | "run" | "deployment">;

export function lineageBody(input: LineageInput): Html {
  const items = links(input).map(
    ([title, name, ...facts]) =>
      html`<li>
        <strong>${title}</strong> <code>${name}</code>
        ${facts.map((fact) => html`<br /><span class="fact">${fact}</span>`)}
      </li>`,
  );
  const { dataset } = input;
  const testFiles = input.run.score?.testFiles ?? [];
  return html`<ol class="chain">
      ${items}
    </ol>
    ${dataset !== null && fileTable("Files of the dataset", dataset.files)}
    ${dataset !== null && dataset.rejected.length > 0 && rejectedTable(dataset.rejected)}
    ${testFiles.length === 0 ? emptyNote("No test file was used.") : fileTable("Test files", testFiles)}`;
}

type Link = readonly [title: string, name: string, ...facts: readonly string[]];

function links({ dataset, run, deployment }: LineageInput): readonly Link[] {
  const own = deployment?.runId === run.runId ? deployment : null;
  const engine = run.engine === undefined ? "" : ` (${run.engine})`;
  const about = `${run.family}${engine}, features ${run.featureSet}, seed ${run.seed}, mlctl ${run.codeVersion}`;
  const ran = `${about}, ${dateTime(run.createdAt)}, ${displayNumber(run.seconds, 2)} s`;
  const from = dataset && `${countOf(dataset.rows, "row")} from ${countOf(dataset.files.length, "file")}`;
  const noFile = "no model file: only the best run of a training and those that promotion.top names keep one";
  return [
    dataset === null
      ? ["Dataset", run.datasetId, "its record is missing", `sha256 ${run.datasetSha256}`]
      : ["Dataset", dataset.datasetId, `${from}, ${dateTime(dataset.createdAt)}`, `sha256 ${dataset.artifact.sha256}`],
    ["Run", run.runId, ran, `configuration sha256 ${run.configSha256}`],
    run.model === null
      ? ["Model", "none", noFile]
      : ["Model", run.model.path, `${displayNumber(run.model.bytes)} bytes`, `sha256 ${run.model.sha256}`],
    own === null
      ? ["Deployment", "none", "this run is not deployed"]
      : ["Deployment", `#${own.deploymentId}`, dateTime(own.deployedAt), `sha256 ${own.model.sha256}`],
  ];
}

function fileTable(caption: string, files: ScoreRecord["testFiles"]): Html {
  return itemTable(caption, files, [
    ["File", ({ path }) => path],
    [numeric("Rows"), ({ rows }) => displayNumber(rows)],
    // Enough to compare files; the tooltip has the whole hash.
    ["sha256", ({ sha256 }) => html`<code title="${sha256}">${sha256.slice(0, 12)}…</code>`],
  ]);
}

function rejectedTable(rejected: Dataset["rejected"]): Html {
  return itemTable("Files rejected because they could not be read", rejected, [
    ["File", ({ path }) => path],
    [
      "Reason",
      ({ reason, line }) =>
        line === undefined || reason.startsWith(`line ${line}`) ? reason : `${reason} (line ${line})`,
    ],
  ]);
}

const cell = (i: number) => (cells: readonly string[]) => cells[i]!;

export function dataBody({ data, run, dataset, signature }: ReportInput): Html {
  if (data === null) return emptyNote("The dataset no longer exists, so its columns cannot be summarized.");
  const columns = Object.entries(data.columns).map(([name, column]) => [name, ...cellsOf(column, data.rows)]);
  const duplicates = dataset === null ? "" : ` Removed ${countOf(dataset.duplicatesRemoved, "duplicate")}.`;
  const numbers = ["Missing", "Mean", "Std. deviation", "Minimum", "Median", "Maximum"];
  const table = itemTable("Columns of the dataset", columns, [
    ["Column", cell(0)],
    ["Kind", cell(1)],
    ...numbers.map((title, i) => [numeric(title), cell(i + 2)] as const),
    ["Most frequent", cell(numbers.length + 2)],
  ]);
  return html`<p>
      ${countOf(data.rows, "row")} and ${countOf(columns.length, "column")}.${duplicates} The model was
      ${trainingText(run)}. Target: “${signature.target.name}”.
    </p>
    ${columns.length === 0 ? emptyNote("The dataset has no columns.") : table}`;
}

function cellsOf(column: ColumnReference, rows: number): string[] {
  const missing = rows === 0 ? "–" : percent(column.missing / rows);
  if (column.kind === "category") {
    const [top] = frequentCategories(column);
    const frequent = top === undefined ? "–" : `${top[0]} (${percent(top[1] / (rows - column.missing))})`;
    // The reference keeps only the most frequent categories.
    const listed = column.counts.reduce((sum, [, count]) => sum + count, 0);
    const distinct = `${listed < column.count ? "more than " : ""}${countOf(column.counts.length, "value")}`;
    return [`category, ${distinct}`, missing, "–", "–", "–", "–", "–", frequent];
  }
  const isDate = column.kind === "date";
  const shown = (value: number | null | undefined): string =>
    isDate && typeof value === "number" ? new Date(value).toISOString().slice(0, 10) : cellNumber(value);
  const { quantiles } = column;
  const deviation = isDate ? "–" : displayNumber(column.standardDeviation);
  const order = [quantiles[0], quantiles[50], quantiles.at(-1)].map(shown);
  return [column.kind, missing, shown(column.mean), deviation, ...order, "–"];
}
