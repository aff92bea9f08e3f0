/** Webhook: the alert as an HTTP POST. */
import type { Alert } from "../core/records/alert.ts";
import { alertPayload } from "./alertPayload.ts";
import { RefusedError, type Channel } from "./channel.ts";

export interface WebhookSettings {
  readonly type: "webhook";
  readonly url: string;
  readonly format: "json" | "slack";
  readonly headers: Readonly<Record<string, string>>;
}

/** Busy, too many, too early: worth another try. Every other 4xx is an answer. */
const TRY_AGAIN = new Set([408, 425, 429]);

export function webhook(settings: WebhookSettings, timeoutMs: number): Channel {
  const { url, format, headers } = settings;
  return {
    type: "webhook",
    name: `webhook ${hostOf(url)}`,
    secrets: secretsOf(url, Object.values(headers)),
    timeoutMs,
    async send(alert, signal) {
      const body = JSON.stringify(format === "slack" ? slackMessage(alert) : alertPayload(alert));
      const all = { "content-type": "application/json", "user-agent": "mlctl", ...headers };
      const answer = await fetch(url, { method: "POST", headers: all, body, signal, redirect: "error" });
      // Nothing is read of it; an unread body would keep the connection.
      await answer.body?.cancel();
      if (answer.ok) return;
      const problem = `it answered ${answer.status} ${answer.statusText}`.trim();
      throw answer.status < 500 && !TRY_AGAIN.has(answer.status) ? new RefusedError(problem) : new Error(problem);
    },
  };
}

/** What Slack, Mattermost, Rocket.Chat and Google Chat show of a message. */
function slackMessage({ subject, lines, next }: Alert): { readonly text: string } {
  return { text: [`*${subject}*`, ...lines, `\`${next}\``].map(escaped).join("\n") };
}

/** Slack's three control characters (docs "Formatting text for app surfaces"). */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "(no valid URL)";
}

/** A webhook's path is its password. */
function secretsOf(url: string, headers: readonly string[]): string[] {
  if (!URL.canParse(url)) return [url, ...headers];
  const { pathname, search, username, password } = new URL(url);
  return [url, `${pathname}${search}`, pathname, username, decodeURIComponent(password), password, ...headers];
}
