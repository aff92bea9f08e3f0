/** Lineage: files, dataset, run, model and deployment, each with its hash. */
import type { Dataset } from "../../core/records/dataset.ts";
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
  const testFiles = run.score?.testFiles ?? [];
  return html`${dataset !== null && fileTable("Files of the dataset", dataset.files)}
  ${dataset !== null && dataset.rejected.length > 0 && rejectedTable(dataset.rejected)}
  ${testFiles.length === 0 ? emptyNote("No test file was used.") : fileTable("Test files", testFiles)}`;
}

function fileTable(
  caption: string,
  files: readonly { readonly path: string; readonly rows: number; readonly sha256: string }[],
): Html {
  const rows = files.map(({ path, rows: count, sha256 }) => ({ cells: [path, displayNumber(count), hash(sha256)] }));
  return dataTable({ caption, columns: ["File", numeric("Rows"), "sha256"], rows });
}

function rejectedTable(rejected: Dataset["rejected"]): Html {
  const rows = rejected.map(({ path, reason, line }) => ({
    cells: [path, line === undefined || reason.startsWith(`line ${line}`) ? reason : `${reason} (line ${line})`],
  }));
  return dataTable({ caption: "Files rejected because they could not be read", columns: ["File", "Reason"], rows });
}

/** Twelve hex digits are enough to compare files; the tooltip has the whole hash. */
function hash(sha256: string): Html {
  return html`<code title="${sha256}">${sha256.slice(0, 12)}…</code>`;
}
