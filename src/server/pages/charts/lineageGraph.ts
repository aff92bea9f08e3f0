/** The lineage of a run, from its files to its predictions: an ordered list, styled as a graph, with links. */
import type { Dataset } from "../../../core/records/dataset.ts";
import type { Run } from "../../../core/records/run.ts";
import { countOf, displayNumber } from "../../../plots/displayNumber.ts";
import { dateTime } from "../../../reporting/dateTime.ts";
import { html, type Html } from "../../../reporting/html.ts";
import { familyName } from "../../../reporting/summary.ts";
import type { PageRequest } from "../frame/page.ts";
import { pageAddress, withQuery } from "../frame/pageAddress.ts";
import { runLink } from "../frame/parts.ts";

interface Step {
  readonly title: string;
  readonly name: Html | string;
  readonly facts: readonly string[];
  readonly isHere?: boolean;
}

export function lineageGraph(request: PageRequest, run: Run, dataset: Dataset | null): Html {
  return html`<ol class="lineage">
    ${steps(request, run, dataset).map(
      ({ title, name, facts, isHere }) =>
        html`<li class="${isHere === true ? "here" : "other"}" ${isHere === true && html`aria-current="true"`}>
          <strong>${title}</strong>${name}${facts.map((fact) => html`<span>${fact}</span>`)}
        </li>`,
    )}
  </ol>`;
}

function steps({ session }: PageRequest, run: Run, dataset: Dataset | null): Step[] {
  const deployments = session.store.deployments().filter(({ runId }) => runId === run.runId);
  const newest = deployments[0];
  const monitored = session.store.monitorings({ runId: run.runId, limit: 1 })[0];
  return [
    {
      title: "Files",
      name: dataset === null ? "unknown" : html`<a href="#files">${countOf(dataset.files.length, "file")}</a>`,
      facts: dataset === null ? [] : dataset.files.slice(0, 2).map(({ path }) => path),
    },
    {
      title: "Dataset",
      name: html`<code>${run.datasetId}</code>`,
      facts: [dataset === null ? "its record is missing" : countOf(dataset.rows, "row"), hash(run.datasetSha256)],
    },
    {
      title: "Run",
      name: runLink(run.runId),
      facts: [familyName(run.family), `config ${hash(run.configSha256)}`, `mlctl ${run.codeVersion}`],
      isHere: true,
    },
    {
      title: "Model",
      name: run.model === null ? "not stored" : `v${run.modelVersion ?? "?"}`,
      facts: run.model === null ? [] : [`${displayNumber(run.model.bytes)} bytes`, hash(run.model.sha256)],
    },
    {
      title: "Deployments",
      name:
        newest === undefined
          ? "never deployed"
          : `number ${deployments
              .map(({ deploymentId }) => deploymentId)
              .slice(0, 5)
              .join(", ")}`,
      facts: newest === undefined ? [] : [dateTime(newest.deployedAt)],
    },
    {
      title: "Monitoring",
      name:
        monitored === undefined
          ? "never monitored"
          : html`<a href="${pageAddress("monitoring", monitored.monitorId)}">${monitored.window.label}</a>`,
      facts: monitored === undefined ? [] : [monitored.status],
    },
    {
      title: "Predictions",
      name: html`<a href="${withQuery(pageAddress("predictions"), { model: run.runId })}">logged predictions</a>`,
      facts: [],
    },
  ];
}

function hash(sha256: string): string {
  return `${sha256.slice(0, 10)}…`;
}
