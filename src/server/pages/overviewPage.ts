/** /ui: the deployed model, its health, and the latest predictions, runs, jobs and deployments. */
import { recover } from "../../core/errors.ts";
import { channelsText, limitText, notJudged, originText, undeliveredText } from "../../core/text/recordText.ts";
import { displayNumber, countOf, dateTime } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, section, withCode, type Html } from "../../reporting/html.ts";
import { familyName } from "../../reporting/summary.ts";
import { findingValue, stateTone, stateWord } from "../../reporting/verdicts.ts";
import { factList, listTime, runLink } from "./frame/parts.ts";
import { overviewNumbers } from "./overviewNumbers.ts";
import { openAlerts, type OpenAlert, type Undelivered } from "../../lifecycle/monitor/savedAlerts.ts";
import { pageAddress, type Page, type PageRequest } from "./frame/page.ts";
import type { MonitorArea, MonitorRecord } from "../../core/records/monitoring.ts";
import { worstStatus } from "../../monitoring/judgeWindow.ts";
import { windowLink } from "./charts/windows.ts";

const RECENT = 20;

export async function overviewPage(request: PageRequest): Promise<Page> {
  const { session, state } = request;
  const modelSha256 = state.serving?.served.deployment.model.sha256;
  const windows = session.store.monitorings({ modelSha256, limit: RECENT });
  // The other sections need no database.
  const saved = await openAlerts(session).catch(recover(({ message }) => message));
  const alerts = typeof saved === "string" ? saved : saved.alerts;
  const failed = typeof saved === "string" ? [] : saved.undelivered;
  return {
    title: "Overview",
    area: "overview",
    body: html`${await overviewNumbers(request, { windows, alerts })}
    ${section("production", "In production", production(request))}
    ${section("health", "Health", overviewHealth(windows))}
    ${section("alerts", "Alerts", html`${openAlertTable(alerts)}${failed.map(failedChannel)}`)} ${executions(request)}
    ${deployments(request)}`,
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
    ["Model", runLink(deployment.runId, run?.modelVersion)],
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
    [
      "Number",
      ({ deploymentId, action, prunedAt }) => `${deploymentId}: ${action}${prunedAt === undefined ? "" : ", pruned"}`,
    ],
    ["When", ({ deployedAt }) => listTime(deployedAt)],
    ["Run", ({ runId }) => runLink(runId, session.store.run(runId)?.modelVersion)],
    [numeric("Score"), ({ metric, value }) => `${metric.replaceAll("_", " ")} ${displayNumber(value)}`],
    [
      "Reasons, and by whom",
      (each) =>
        html`<span class="wide">${each.reasons.join("; ")}</span
          ><span class="quiet">${originText(each) && ` (${originText(each)})`}</span>`,
    ],
  ]);
  return section("deployments", "Deployments", table);
}

const monitored: readonly MonitorArea[] = ["drift", "quality", "performance"];
const titles = { drift: "Drift", quality: "Data quality", performance: "Performance" } as const;

/** @param recent windows of the deployed model, newest first */
export function overviewHealth(recent: readonly MonitorRecord[]): Html {
  const newest = recent.find(({ status }) => status !== "skipped") ?? recent[0];
  if (newest === undefined) {
    return html`<p class="empty">
      The deployed model has not been monitored yet. Next step: <code>mlctl monitor FILE</code>, or
      <code>mlctl monitor</code> for its logged predictions.
    </p>`;
  }
  const { window, monitorId, createdAt } = newest;
  const few = recent.indexOf(newest);
  return html`<ul class="tiles">
      ${monitored.map((area) => tile(newest, area))}
    </ul>
    <p class="note">
      Monitored ${dateTime(createdAt)} on ${countOf(window.rows, "row")} of ${windowLink({ monitorId, ...window })}.
      ${few > 0 && `${few === 1 ? "A newer window" : `The newest of ${few} newer windows`} is ${notJudged(recent[0]!.drift)}.`}
    </p>`;
}

/** @param alerts or why they cannot be read */
export function openAlertTable(alerts: readonly OpenAlert[] | string): Html {
  if (typeof alerts === "string") return html`<p class="warning">${alerts}</p>`;
  if (alerts.length === 0) return html`<p class="empty">There are no open alerts.</p>`;
  return itemTable({ caption: countOf(alerts.length, "open alert"), limit: 20 }, alerts, [
    ["Check", ({ area, name }) => `${area}: ${name}`],
    ["Status", ({ status }) => stateWord(status)],
    ["Since", ({ since }) => dateTime(since)],
    ["Message", ({ message }) => message],
    ["Sent to", (alert) => channelsText(alert) || "nobody"],
    alerts.some(({ muted }) => muted !== null) && [
      "Muted",
      ({ muted }) => (muted === null ? "–" : `until ${dateTime(muted.until)}: ${muted.reason}`),
    ],
  ]);
}

function failedChannel(each: Undelivered): Html {
  return html`<p class="warning">${each.channel}: ${withCode(undeliveredText(each))}</p>`;
}

function tile({ findings, monitorId, performance }: MonitorRecord, area: MonitorArea): Html {
  const own = findings.filter((finding) => finding.area === area);
  const [worst] = own; // findings are sorted worst first
  const limit = worst === undefined ? null : limitText(worst, findingValue);
  const comparison =
    !worst || worst.value === null || limit === null ? "" : ` (${displayNumber(worst.value)}; passes if ${limit})`;
  const status = worstStatus(own);
  const skipped = area === "performance" ? performance.skipped : undefined;
  return html`<li class="tile ${stateTone(status)}">
    <h3><a href="${pageAddress("monitoring", monitorId)}#${area}">${titles[area]}</a></h3>
    ${stateWord(status)}
    <p>${worst === undefined ? (skipped ?? "no checks were run") : `${worst.name}${comparison}: ${worst.message}`}</p>
  </li>`;
}
