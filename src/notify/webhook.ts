/** Webhook channel: sends the alert as an HTTP POST. */
import { alertPayload, type ChannelParts, hostOf, post } from "./channel.ts";
import type { Alert, AlertChange } from "../core/records/alert.ts";
import type { JsonObject } from "../core/json.ts";

export interface WebhookSettings {
  readonly type: "webhook";
  readonly url: string;
  readonly format: keyof typeof formats;
  readonly headers: Readonly<Record<string, string>>;
}

const formats = { json: alertPayload, slack: slackMessage, teams: teamsMessage };

export function webhook({ url, format, headers }: WebhookSettings): ChannelParts {
  return {
    name: `webhook ${hostOf(url)}`,
    secrets: [url, ...Object.values(headers)],
    send: (alert, signal) => post(url, formats[format](alert), { signal, headers }),
  };
}

/** Slack, Mattermost, Rocket.Chat and Google Chat. */
export function slackMessage({ subject, lines, next }: Alert): JsonObject {
  return { text: [`*${subject}*`, ...lines, `\`${next}\``].map(escaped).join("\n") };
}

/** Slack's three control characters (docs "Formatting text for app surfaces"). */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const cardColours: Readonly<Record<AlertChange, string>> = {
  open: "attention",
  worse: "attention",
  resolved: "good",
  test: "accent",
  info: "accent",
};

/** Teams refuses a message of more than 28 KB. */
const MAX_BYTES = 20_000;
const MAX_SUBJECT = 1000;

/**
 * An Adaptive Card, as the workflow "When a Teams webhook request is received" takes it. Text runs, because a text block
 * would read the names of columns as Markdown.
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export function teamsMessage({ change, subject, lines, next }: Alert): JsonObject {
  const style = { weight: "bolder", size: "medium", color: cardColours[change] };
  const blocks = lines.filter((line) => line !== "").map((line) => textBlock(line));
  let size = 0;
  const shown = blocks.filter((block) => (size += Buffer.byteLength(JSON.stringify(block))) <= MAX_BYTES);
  const left = blocks.length - shown.length;
  const body = [
    textBlock(subject.slice(0, MAX_SUBJECT), style),
    ...shown,
    ...(left === 0 ? [] : [textBlock(`… and ${left} more lines`)]),
    textBlock(next, { fontType: "monospace" }),
  ];
  const schema = "http://adaptivecards.io/schemas/adaptive-card.json";
  const content = { $schema: schema, type: "AdaptiveCard", version: "1.4", body };
  const attachment = { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content };
  return { type: "message", attachments: [attachment] };
}

function textBlock(line: string, more: JsonObject = {}): JsonObject {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", text: line, ...more }] };
}
