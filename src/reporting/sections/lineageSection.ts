/** Lineage: files, dataset, run, model and deployment, each with its hash. */
import { countOf, displayNumber } from "../../plots/displayNumber.ts";
import { dataTable, numeric } from "../dataTable.ts";
import { html, type Html } from "../html.ts";
import { dateTime } from "../dateTime.ts";
import type { ReportInput } from "../reportInput.ts";
import { emptyNote, section } from "../section.ts";

export function lineageSection(input: ReportInput): Html {
  return section(
    "lineage",
    "Lineage",
    html`<ol class="chain">
        ${links(input).map(
          ({ title, name, facts }) =>
            html`<li>
              <strong>${title}</strong> <code>${name}</code>
              ${facts.map((fact) => html`<br /><span class="fact">${fact}</span>`)}
            </li>`,
        )}
      </ol>
      ${lineageFiles(input)}`,
  );
}

interface Link {
  readonly title: string;
  readonly name: string;
  readonly facts: readonly string[];
}

function links({ dataset, run, deployment }: ReportInput): readonly Link[] {
  const deployed = deployment !== null && deployment.runId === run.runId;
  const engine = run.engine === undefined ? "" : ` (${run.engine})`;
  return [
    dataset === null
      ? { title: "Dataset", name: run.datasetId, facts: ["its record is missing", `sha256 ${run.datasetSha256}`] }
      : {
          title: "Dataset",
          name: dataset.datasetId,
          facts: [
            `${countOf(dataset.rows, "row")} from ${countOf(dataset.files.length, "file")}, ${dateTime(dataset.createdAt)}`,
            `sha256 ${dataset.artifact.sha256}`,
          ],
        },
    {
      title: "Run",
      name: run.runId,
      facts: [
        `${run.family}${engine}, features ${run.featureSet}, seed ${run.seed}, mlctl ${run.codeVersion}, ${dateTime(run.createdAt)}, ${displayNumber(run.seconds, 2)} s`,
        `configuration sha256 ${run.configSha256}`,
      ],
    },
    run.model === null
      ? {
          title: "Model",
          name: "none",
          facts: ["no model file: only the best run of a training and those that promotion.top names keep one"],
        }
      : {
          title: "Model",
          name: run.model.path,
          facts: [`${displayNumber(run.model.bytes)} bytes`, `sha256 ${run.model.sha256}`],
        },
    deployed
      ? {
          title: "Deployment",
          name: `#${deployment.deploymentId}`,
          facts: [dateTime(deployment.deployedAt), `sha256 ${deployment.model.sha256}`],
        }
      : { title: "Deployment", name: "none", facts: ["this run is not deployed"] },
  ];
}

/** Tables of the dataset's files, the rejected files and the test files. */
export function lineageFiles({ dataset, run }: Pick<ReportInput, "dataset" | "run">): Html {
  const parts: Html[] = [];
  const columns = ["File", numeric("Rows"), "sha256"];
  if (dataset !== null) {
    parts.push(
      dataTable({
        caption: "Files of the dataset",
        columns,
        rows: dataset.files.map(({ path, rows, sha256 }) => ({ cells: [path, displayNumber(rows), hash(sha256)] })),
      }),
    );
  }
  if (dataset !== null && dataset.rejected.length > 0) {
    parts.push(
      dataTable({
        caption: "Files rejected because they could not be read",
        columns: ["File", "Reason"],
        rows: dataset.rejected.map(({ path, reason, line }) => ({
          cells: [path, line === undefined || reason.startsWith(`line ${line}`) ? reason : `${reason} (line ${line})`],
        })),
      }),
    );
  }
  if (run.score === null || run.score.testFiles.length === 0) parts.push(emptyNote("No test file was used."));
  else {
    parts.push(
      dataTable({
        caption: "Test files",
        columns,
        rows: run.score.testFiles.map(({ path, rows, sha256 }) => ({
          cells: [path, displayNumber(rows), hash(sha256)],
        })),
      }),
    );
  }
  return html`${parts}`;
}

/** Twelve hex digits are enough to compare files; the tooltip has the whole hash. */
function hash(sha256: string): Html {
  return html`<code title="${sha256}">${sha256.slice(0, 12)}…</code>`;
}
