/** /ui: the deployed model, its health, and the latest predictions, runs, jobs and deployments. */
import { recover } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";
import { displayInterval, displayNumber } from "../../plots/displayNumber.ts";
import { dataTable, numeric } from "../../reporting/dataTable.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import { html, type Html } from "../../reporting/html.ts";
import { section } from "../../reporting/section.ts";
import { deploymentTable } from "../../reporting/sections/deploymentSection.ts";
import { familyName } from "../../reporting/summary.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { factList, runLink, runState } from "./frame/parts.ts";
import { overviewHealth } from "./overviewHealth.ts";
import { itemTable } from "./frame/itemTable.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { pageAddress } from "./frame/pageAddress.ts";

export async function overviewPage(request: PageRequest): Promise<Page> {
  return {
    title: "Overview",
    area: "overview",
    body: html`${section("production", "In production", production(request))}
    ${section("health", "Health", await overviewHealth(request))}
    ${section("predictions", "Predictions", await predictions(request))}
    ${section("trainings", "Latest trainings", trainings(request))} ${executions(request)} ${deployments(request)}`,
  };
}

function production({ session, state }: PageRequest): Html {
  const deployment = session.store.deployments()[0];
  const refused =
    state.refusal === null
      ? null
      : html`<p class="warning">
          The newest deployment is not served: ${state.refusal}. Next step: <code>mlctl verify</code>
        </p>`;
  if (deployment === undefined) {
    return html`${refused}
      <p class="empty">
        No model is deployed. Next step: <code>mlctl fullprocess</code>, or <code>mlctl deploy</code>.
      </p>`;
  }
  const run = session.store.run(deployment.runId);
  const task = run?.task ?? "binary";
  const { label } = metricLabel(session.config, deployment.metric, task);
  const interval = run?.score?.metric === deployment.metric ? run.score.interval : null;
  return html`${refused}
  ${factList([
    ["Model", html`${runLink(deployment.runId, run?.modelVersion ?? null)}`],
    ["Family", run === undefined ? null : familyName(run.family)],
    [
      "Deployed",
      html`${dateTime(deployment.deployedAt)}
        <span class="quiet">(deployment ${deployment.deploymentId}, ${deployment.action})</span>`,
    ],
    ["Aliases", deployment.aliases.map((alias) => `@${alias}`).join(", ")],
    [
      `${label} on the test rows`,
      html`<span class="figure">${displayNumber(deployment.value)}</span>${
          interval && html`<br /><span class="quiet">95 % interval ${displayInterval(interval)}</span>`
        }`,
    ],
    [
      "Reasons for the deployment",
      deployment.reasons.length === 0
        ? null
        : html`<ul>
            ${deployment.reasons.map((reason) => html`<li>${reason}</li>`)}
          </ul>`,
      "whole",
    ],
  ])}`;
}

async function predictions({ log, now, session }: PageRequest): Promise<Html> {
  // The other sections need no server.
  const totals = await log.totals(now - MILLISECONDS_A_DAY).catch(recover(({ message }) => message));
  if (typeof totals === "string") return html`<p class="warning">${totals}</p>`;
  const { predictions: total, labelled, since, newestAt } = totals;
  if (total === 0) {
    const why = session.config.serve.log.enabled
      ? "No predictions are logged yet. Next step: send a request to this server (see the page API), or run mlctl predict FILE --log."
      : "The prediction log is off. To turn it on, set serve.log.enabled in config.json.";
    return html`<p class="empty">${why}</p>`;
  }
  return factList([
    ["Logged predictions", html`<span class="figure">${displayNumber(total)}</span>`],
    ["In the last 24 hours", html`<span class="figure">${displayNumber(since)}</span>`],
    ["With labels", html`<span class="figure">${displayNumber(labelled)}</span>`],
    [
      "Newest",
      html`<a href="${pageAddress("predictions")}"
        >${newestAt === null ? "–" : dateTime(new Date(newestAt).toISOString())}</a
      >`,
    ],
  ]);
}

function trainings({ session }: PageRequest): Html {
  const runs = session.store.browse.runPage({ winners: true, limit: 6, offset: 0 });
  if (runs.length === 0) return html`<p class="empty">There is no run yet. Next step: <code>mlctl train</code>.</p>`;
  const scoreOf = ({ task, metric, score }: Run): string =>
    score === null
      ? "not scored"
      : `${metricLabel(session.config, metric, task).label} ${displayNumber(score.metrics[metric] ?? score.value)}`;
  return html`${itemTable("The best candidate of each training, newest first", runs, [
      ["Run", ({ runId, modelVersion }) => runLink(runId, modelVersion)],
      ["Trained", ({ createdAt }) => dateTime(createdAt)],
      ["Family", ({ family }) => familyName(family)],
      [numeric("Test score"), scoreOf],
      ["State", ({ status }) => runState(status)],
    ])}
    <p><a href="${pageAddress("runs")}">All ${displayNumber(session.store.browse.runCount())} runs</a></p>`;
}

function executions({ session }: PageRequest): Html | null {
  const last = session.store.executions({ limit: 6 });
  if (last.length === 0) return null;
  const table = itemTable("Latest executions, newest first", last, [
    ["Job", ({ job }) => job],
    ["Started", ({ startedAt }) => dateTime(startedAt)],
    ["State", ({ status }) => status.replaceAll("_", " ")],
    [numeric("Seconds"), ({ seconds }) => displayNumber(seconds)],
    [numeric("Exit code"), ({ exitCode }) => displayNumber(exitCode)],
  ]);
  return section("jobs", "Scheduled jobs", table);
}

function deployments({ session }: PageRequest): Html | null {
  const all = session.store.deployments();
  if (all.length < 2) return null;
  const shown = all.slice(0, 10);
  const rest = all.length > shown.length ? `, the newest ${shown.length} of ${displayNumber(all.length)}` : "";
  const table = dataTable({
    caption: `Deployments, newest first${rest}`,
    ...deploymentTable(shown, (id) => runLink(id)),
  });
  return section("deployments", "Deployments", table);
}
