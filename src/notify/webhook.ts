/** Webhook channel: sends the alert as an HTTP POST. */
import { alertPayload } from "./alertPayload.ts";
import type { Channel } from "./channel.ts";
import { slackMessage, teamsMessage } from "./chatMessages.ts";
import { hostOf, post } from "./post.ts";

export interface WebhookSettings {
  readonly type: "webhook";
  readonly url: string;
  readonly format: keyof typeof formats;
  readonly headers: Readonly<Record<string, string>>;
}

const formats = { json: alertPayload, slack: slackMessage, teams: teamsMessage };

export function webhook({ url, format, headers }: WebhookSettings, timeoutMs: number): Channel {
  return {
    type: "webhook",
    name: `webhook ${hostOf(url)}`,
    secrets: [url, ...Object.values(headers)],
    timeoutMs,
    send: (alert, signal) => post(url, formats[format](alert), { signal, headers }),
  };
}
