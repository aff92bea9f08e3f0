/**
 * PagerDuty channel: one event per finding, so that each incident opens and resolves by itself; a deployment is a change
 * event, which pages nobody.
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview
 */
import { hash } from "node:crypto";
import type { Alert, AlertItem } from "../core/records/alert.ts";
import type { JsonObject } from "../core/json.ts";
import { alertPayload, type ChannelParts, hostOf, post } from "./channel.ts";

export interface PagerDutySettings {
  readonly type: "pagerduty";
  readonly routing_key: string;
  readonly url: string;
}

/** Longer summaries are refused. */
const SUMMARY_LENGTH = 1024;

export function pagerDuty({ url, routing_key: key }: PagerDutySettings): ChannelParts {
  return {
    name: `pagerduty ${hostOf(url)}`,
    secrets: [key],
    async send(alert, signal) {
      const isChange = alert.change === "info";
      const address = isChange ? url.replace(/\/enqueue$/, "/change/enqueue") : url;
      for (const each of isChange ? [changeEvent(alert)] : eventsOf(alert))
        await post(address, { routing_key: key, ...each }, { signal });
    },
  };
}

/** A test opens an incident and resolves it again. */
function eventsOf(alert: Alert): JsonObject[] {
  if (alert.change === "test")
    return ["trigger", "resolve"].map((action) => incidentEvent(alert, action, alert.subject, "test"));
  return alert.items.map((item) => incidentEvent(alert, actionOf(item), summaryOf(alert, item), item.name, item));
}

const actionOf = ({ change }: AlertItem): string => (change === "resolved" ? "resolve" : "trigger");

function summaryOf({ project, area }: Alert, { name, message }: AlertItem): string {
  return `[${project}] ${area}: ${name}${message === "" ? "" : ` – ${message}`}`;
}

/** An attempt that is repeated changes nothing: the incident has the key of the finding. */
function incidentEvent(alert: Alert, action: string, summary: string, name: string, item?: AlertItem): JsonObject {
  const { project, source, area, at } = alert;
  const severity = item === undefined ? "info" : item.status === "warn" ? "warning" : "error";
  return {
    event_action: action,
    dedup_key: hash("sha256", JSON.stringify(["mlctl", project, source, area, name])),
    payload: {
      summary: summary.slice(0, SUMMARY_LENGTH),
      source: project,
      severity,
      timestamp: at,
      component: name,
      group: project,
      class: area,
      custom_details: alertPayload(alert),
    },
    client: "mlctl",
  };
}

function changeEvent(alert: Alert): JsonObject {
  const { project, subject, at } = alert;
  const summary = subject.slice(0, SUMMARY_LENGTH);
  return { payload: { summary, source: project, timestamp: at, custom_details: alertPayload(alert) } };
}
