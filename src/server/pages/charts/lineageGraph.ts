/** The lineage of a run, from its files to its predictions: an ordered list, styled as a graph, with links. */
import type { Dataset } from "../../../core/records/dataset.ts";
import type { Run } from "../../../core/records/run.ts";
import { countOf, displayNumber } from "../../../plots/displayNumber.ts";
import { dateTime } from "../../../reporting/dateTime.ts";
import { html, type Html } from "../../../reporting/html.ts";
import { familyName } from "../../../reporting/summary.ts";
import { pageAddress, withQuery, type PageRequest } from "../frame/page.ts";
import { runLink } from "../frame/parts.ts";

type Step = readonly [title: string, name: Html | string, ...facts: string[]];

export function lineageGraph(request: PageRequest, run: Run, dataset: Dataset | null): Html {
  return html`<ol class="lineage">
    ${steps(request, run, dataset).map(([title, name, ...facts]) => {
      const isHere = title === "Run";
      return html`<li class="${isHere ? "here" : "other"}" ${isHere && html`aria-current="true"`}>
        <strong>${title}</strong>${name}${facts.map((fact) => html`<span>${fact}</span>`)}
      </li>`;
    })}
  </ol>`;
}

function steps({ session: { store } }: PageRequest, run: Run, dataset: Dataset | null): Step[] {
  const { runId, model, family } = run;
  const deployments = store.deployments().filter((each) => each.runId === runId);
  const numbers = deployments.slice(0, 5).map(({ deploymentId }) => deploymentId);
  const [newest] = deployments;
  const [monitored] = store.monitorings({ runId, limit: 1 });
  const logged = withQuery(pageAddress("predictions"), { model: runId });
  return [
    dataset === null
      ? ["Files", "unknown"]
      : [
          "Files",
          html`<a href="#files">${countOf(dataset.files.length, "file")}</a>`,
          ...dataset.files.slice(0, 2).map(({ path }) => path),
        ],
    [
      "Dataset",
      html`<code>${run.datasetId}</code>`,
      dataset === null ? "its record is missing" : countOf(dataset.rows, "row"),
      hash(run.datasetSha256),
    ],
    ["Run", runLink(runId), familyName(family), `config ${hash(run.configSha256)}`, `mlctl ${run.codeVersion}`],
    model === null
      ? ["Model", "not stored"]
      : ["Model", `v${run.modelVersion ?? "?"}`, `${displayNumber(model.bytes)} bytes`, hash(model.sha256)],
    newest === undefined
      ? ["Deployments", "never deployed"]
      : ["Deployments", `number ${numbers.join(", ")}`, dateTime(newest.deployedAt)],
    monitored === undefined
      ? ["Monitoring", "never monitored"]
      : [
          "Monitoring",
          html`<a href="${pageAddress("monitoring", monitored.monitorId)}">${monitored.window.label}</a>`,
          monitored.status,
        ],
    ["Predictions", html`<a href="${logged}">logged predictions</a>`],
  ];
}

function hash(sha256: string): string {
  return `${sha256.slice(0, 10)}…`;
}
