/** The numbers at the top of the overview: score, traffic, alerts, windows and jobs, each with what it is compared with. */
import { recover } from "../../core/errors.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { jobStatuses, type JobStatus } from "../../automation/schedule/jobStatus.ts";
import { scheduledJobs } from "../../automation/schedule/scheduledJobs.ts";
import { countOf, displayInterval, displayNumber, dateTime } from "../../plots/displayNumber.ts";
import { html, type Html } from "../../reporting/html.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { OpenAlert } from "../../lifecycle/monitor/savedAlerts.ts";
import { windowName } from "./charts/windows.ts";
import { pageAddress, type PageRequest } from "./frame/page.ts";
import { big } from "./frame/parts.ts";

/** "good", "bad", "caution" or "" for the edge of a tile. */
interface Tile {
  readonly title: string;
  readonly value: string;
  readonly details: readonly (Html | string | false)[];
  readonly tone?: string;
  readonly href?: string;
}

interface Recent {
  /** Windows of the deployed model, newest first. */
  readonly windows: readonly MonitorRecord[];
  /** Or why they cannot be read. */
  readonly alerts: readonly OpenAlert[] | string;
}

export async function overviewNumbers(request: PageRequest, recent: Recent): Promise<Html> {
  const tiles = [
    score(request),
    await traffic(request),
    alerts(request, recent),
    windows(recent),
    await nextJob(request),
  ];
  return html`<ul class="tiles numbers" aria-label="In numbers">
    ${tiles
      .filter((each) => each !== null)
      .map(
        ({ title, value, details, tone = "", href }) =>
          html`<li class="tile ${tone}">
            <h2>${href === undefined ? title : html`<a href="${href}">${title}</a>`}</h2>
            ${big(value)} ${details.map((detail) => detail !== false && html`<p>${detail}</p>`)}
          </li>`,
      )}
  </ul>`;
}

function score({ session }: PageRequest): Tile | null {
  const [deployment, ...earlier] = session.store.deployments();
  if (deployment === undefined) return null;
  const { metric } = deployment;
  const run = session.store.run(deployment.runId);
  const { label } = metricLabel(session.config, metric, run?.task ?? "binary");
  const { baseline: constant, naive } = run?.score ?? {};
  const [baseline, repeated] = [constant?.[metric], naive?.metrics[metric]];
  const interval = run?.score?.intervals[metric];
  const previous = earlier.find(({ runId }) => runId !== deployment.runId);
  const before = previous && session.store.run(previous.runId);
  const value = before?.score?.metrics[metric] ?? (previous?.metric === metric ? previous.value : null);
  return {
    title: `${label}, test rows`,
    value: displayNumber(deployment.value),
    href: pageAddress("runs", deployment.runId),
    details: [
      interval ? `95 % interval ${displayInterval(interval)}` : false,
      typeof baseline === "number" && `baseline ${displayNumber(baseline)}`,
      typeof repeated === "number" && `${naive!.family} ${displayNumber(repeated)}`,
      previous !== undefined && `previous model ${displayNumber(value)}`,
    ],
  };
}

async function traffic({ log, now, session }: PageRequest): Promise<Tile> {
  const tile = { title: "Predictions, last 24 hours", href: pageAddress("predictions") };
  const totals = await log.totals(now - MILLISECONDS_A_DAY).catch(recover(({ message }) => message));
  // The other numbers need no log.
  if (typeof totals === "string") return { ...tile, value: "–", tone: "bad", details: [totals] };
  const { predictions, labelled, since, newestAt } = totals;
  return {
    ...tile,
    value: displayNumber(since),
    details:
      predictions === 0
        ? [session.config.serve.log.enabled ? "none logged yet" : html`the log is off: <code>serve.log.enabled</code>`]
        : [
            `${displayNumber(predictions)} logged, ${displayNumber(labelled)} with labels`,
            newestAt !== null && `newest ${dateTime(new Date(newestAt).toISOString())}`,
          ],
  };
}

function alerts({ session }: PageRequest, { alerts: open }: Recent): Tile {
  if (typeof open === "string") return { title: "Open alerts", value: "–", tone: "bad", details: [open] };
  const failures = open.filter(({ status }) => status === "fail").length;
  return {
    title: "Open alerts",
    value: displayNumber(open.length),
    tone: failures > 0 ? "bad" : open.length > 0 ? "caution" : "good",
    href: "#alerts",
    details:
      open.length === 0
        ? [session.config.alerts.length === 0 ? html`no channel is set: <code>alerts</code>` : "none to act on"]
        : [`${countOf(failures, "failure")}, ${countOf(open.length - failures, "warning")}`],
  };
}

function windows({ windows: all }: Recent): Tile | null {
  const judged = all.filter(({ status }) => status !== "skipped");
  if (judged.length === 0) return null;
  const failed = judged.filter(({ status }) => status === "fail");
  return {
    title: "Failed windows",
    value: `${failed.length} of ${judged.length}`,
    tone: failed.length > 0 ? "bad" : "good",
    href: pageAddress("monitoring"),
    details: [
      failed[0] === undefined ? "of the newest of this model" : `newest: ${windowName(failed[0].window)}`,
      all.length > judged.length && `${all.length - judged.length} more with too few rows`,
    ],
  };
}

/** The next job, and those that should have run. */
async function nextJob({ session, now }: PageRequest): Promise<Tile | null> {
  const { config } = session;
  if (config.schedule.length === 0) return null;
  const at = new Date(now);
  const statuses = await jobStatuses(scheduledJobs(config, at), session, { now: at, count: 1 }).catch(
    recover(({ message }) => message),
  );
  if (typeof statuses === "string") return { title: "Next job", value: "–", tone: "bad", details: [statuses] };
  const installed = statuses.filter(({ status }) => status !== "unscheduled");
  const next = (installed.length > 0 ? installed : statuses)
    .filter(({ next: times }) => times[0] !== undefined)
    .toSorted((a, b) => (a.next[0]! < b.next[0]! ? -1 : 1))[0];
  const late = statuses.filter(({ status }) => status === "overdue");
  const failed = statuses.filter(({ status }) => status === "failed");
  const found = statuses.filter(({ status }) => status === "findings");
  return {
    title: "Next job",
    value: installed.length === 0 ? "none" : (next?.name ?? "none"),
    tone: late.length + failed.length + found.length > 0 ? "bad" : installed.length === 0 ? "caution" : "good",
    details: [
      next !== undefined && installed.length > 0 && dateTime(next.next[0]!),
      named(late, "overdue"),
      named(failed, "failed last time"),
      named(found, "found a problem last time"),
      installed.length === 0 && html`not installed: <code>mlctl schedule install</code>`,
    ],
  };
}

function named(jobs: readonly JobStatus[], what: string): string | false {
  return jobs.length > 0 && `${what}: ${jobs.map(({ name }) => name).join(", ")}`;
}
