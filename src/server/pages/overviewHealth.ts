/** The health of the deployed model in its newest monitored window, and open alerts. */
import type { MonitorArea, MonitorFinding, MonitorRecord } from "../../core/records/monitoring.ts";
import { limitText } from "../../core/text/limitText.ts";
import { countOf, displayNumber } from "../../plots/displayNumber.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import { html, type Html } from "../../reporting/html.ts";
import { worstStatus } from "../../monitoring/judgeWindow.ts";
import type { OpenAlert } from "../../lifecycle/monitor/savedAlerts.ts";
import { windowLink } from "./charts/columnMatrix.ts";
import { itemTable } from "./frame/itemTable.ts";
import { pageAddress } from "./frame/pageAddress.ts";
import { shortLimit, stateTone, stateWord, windowWord } from "./frame/parts.ts";

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
      ${few > 0 && `${few === 1 ? "A newer window has" : `${few} newer windows have`} too few rows to be judged.`}
    </p>
    ${earlierProblems(recent)}`;
}

/** @param alerts or why they cannot be read */
export function openAlertTable(alerts: readonly OpenAlert[] | string): Html {
  if (typeof alerts === "string") return html`<p class="warning">${alerts}</p>`;
  if (alerts.length === 0) return html`<p class="empty">There are no open alerts.</p>`;
  return itemTable(
    countOf(alerts.length, "open alert"),
    alerts,
    [
      ["Check", ({ area, name }) => `${area}: ${name}`],
      ["Status", ({ status }) => stateWord(status)],
      ["Since", ({ since }) => dateTime(since)],
      ["Message", ({ message }) => message],
      ["Sent to", ({ told }) => (told.length === 0 ? "nobody" : told.join(", "))],
    ],
    { limit: 20 },
  );
}

/** Windows before the newest one are easily missed, and with them their failures. */
function earlierProblems(recent: readonly MonitorRecord[]): Html | null {
  const [, ...earlier] = recent.filter(({ status }) => status !== "skipped");
  const failed = earlier.filter(({ status }) => status === "fail");
  if (failed.length === 0) return null;
  return itemTable(
    `Failed before: ${failed.length} of the ${countOf(earlier.length, "window")} before it`,
    failed,
    [
      ["Window", ({ monitorId, window }) => windowLink({ monitorId, ...window })],
      ["Status", ({ status }) => windowWord(status)],
      [
        "Failed checks",
        ({ findings }) => findings.flatMap((each) => (each.status === "fail" ? [each.name] : [])).join(", "),
      ],
      ["Monitored", ({ createdAt }) => dateTime(createdAt)],
    ],
    { limit: 5 },
  );
}

function tile({ findings, monitorId, performance }: MonitorRecord, area: MonitorArea): Html {
  const own = findings.filter((finding) => finding.area === area);
  // Findings are sorted worst first.
  const worst = own[0];
  const status = worstStatus(own);
  const skipped = area === "performance" ? performance.skipped : undefined;
  return html`<li class="tile ${stateTone(status)}">
    <h3><a href="${pageAddress("monitoring", monitorId)}#${area}">${titles[area]}</a></h3>
    ${stateWord(status)}
    <p>${worst === undefined ? (skipped ?? "no checks were run") : sentence(worst)}</p>
  </li>`;
}

function sentence(finding: MonitorFinding): string {
  const { name, message, value } = finding;
  const limit = limitText(finding, shortLimit);
  const comparison = value === null || limit === null ? "" : ` (${displayNumber(value)}; passes if ${limit})`;
  return `${name}${comparison}: ${message}`;
}
