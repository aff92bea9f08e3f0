/** Webhook channel: sends the alert as an HTTP POST. */
import type { Alert } from "../core/records/alert.ts";
import { alertPayload } from "./alertPayload.ts";
import { RefusedError, type Channel } from "./channel.ts";

export interface WebhookSettings {
  readonly type: "webhook";
  readonly url: string;
  readonly format: "json" | "slack";
  readonly headers: Readonly<Record<string, string>>;
}

/** 4xx codes that are temporary: request timeout, too early, too many requests. */
const TEMPORARY = new Set([408, 425, 429]);

export function webhook(settings: WebhookSettings, timeoutMs: number): Channel {
  const { url, format, headers } = settings;
  return {
    type: "webhook",
    name: `webhook ${hostOf(url)}`,
    secrets: [url, ...Object.values(headers)],
    timeoutMs,
    async send(alert, signal) {
      const body = JSON.stringify(format === "slack" ? slackMessage(alert) : alertPayload(alert));
      const all = { "content-type": "application/json", "user-agent": "mlctl", ...headers };
      const response = await fetch(url, { method: "POST", headers: all, body, signal, redirect: "error" });
      // An unread body would keep the connection open.
      await response.body?.cancel();
      if (response.ok) return;
      const problem = `response ${response.status} ${response.statusText}`.trim();
      throw response.status < 500 && !TEMPORARY.has(response.status) ? new RefusedError(problem) : new Error(problem);
    },
  };
}

/** Message format of Slack, Mattermost, Rocket.Chat and Google Chat. */
function slackMessage({ subject, lines, next }: Alert): { readonly text: string } {
  return { text: [`*${subject}*`, ...lines, `\`${next}\``].map(escaped).join("\n") };
}

/** Slack's three control characters (docs "Formatting text for app surfaces"). */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "(invalid URL)";
}
