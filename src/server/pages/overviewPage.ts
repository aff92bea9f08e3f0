/** /ui: the deployed model, its health, and the latest predictions, runs, jobs and deployments. */
import { recover } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { originText } from "../../core/text/originText.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { numeric } from "../../reporting/dataTable.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import { html, type Html } from "../../reporting/html.ts";
import { section } from "../../reporting/section.ts";
import { familyName } from "../../reporting/summary.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { factList, runLink, runName, runState } from "./frame/parts.ts";
import { overviewHealth, openAlertTable } from "./overviewHealth.ts";
import { overviewNumbers } from "./overviewNumbers.ts";
import { openAlerts } from "../../lifecycle/monitor/savedAlerts.ts";
import { itemTable } from "./frame/itemTable.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { pageAddress } from "./frame/pageAddress.ts";

/** Number of the newest windows that are looked at. */
const RECENT = 20;

export async function overviewPage(request: PageRequest): Promise<Page> {
  const { session, state } = request;
  const modelSha256 = state.serving?.served.deployment.model.sha256;
  const windows = session.store.monitorings({ modelSha256, limit: RECENT });
  // The other sections need no database.
  const alerts = await openAlerts(session).then(
    (found) => found.alerts,
    recover(({ message }) => message),
  );
  return {
    title: "Overview",
    area: "overview",
    body: html`${await overviewNumbers(request, { windows, alerts })}
    ${section("production", "In production", production(request))}
    ${section("health", "Health", overviewHealth(windows))} ${section("alerts", "Alerts", openAlertTable(alerts))}
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
    ["By", originText(deployment)],
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

function trainings({ session }: PageRequest): Html {
  const runs = session.store.browse.runPage({ winners: true, limit: 6, offset: 0 });
  if (runs.length === 0) return html`<p class="empty">There is no run yet. Next step: <code>mlctl train</code>.</p>`;
  const scoreOf = ({ task, metric, score }: Run): string =>
    score === null
      ? "not scored"
      : `${metricLabel(session.config, metric, task).label} ${displayNumber(score.metrics[metric] ?? score.value)}`;
  return html`${itemTable("The best candidate of each training, newest first", runs, [
      ["Run", runName],
      ["Trained", ({ createdAt }) => dateTime(createdAt)],
      ["Family", ({ family }) => familyName(family)],
      [numeric("Test score"), scoreOf],
      runs.some(({ status }) => status !== "FINISHED") && ["State", ({ status }) => runState(status)],
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
  const table = itemTable(`Deployments, newest first${rest}`, shown, [
    ["Number", ({ deploymentId }) => String(deploymentId)],
    ["When", ({ deployedAt }) => html`<span class="nowrap">${dateTime(deployedAt)}</span>`],
    ["Action", ({ action, prunedAt }) => (prunedAt === undefined ? action : `${action}, pruned`)],
    ["Run", ({ runId }) => runLink(runId, session.store.run(runId)?.modelVersion)],
    [numeric("Score"), ({ metric, value }) => `${metric.replaceAll("_", " ")} ${displayNumber(value)}`],
    shown.some((each) => originText(each) !== "") && ["By", (each) => originText(each)],
    ["Reasons", ({ reasons }) => reasons.join("; ")],
  ]);
  return section("deployments", "Deployments", table);
}
