/** The `alerts` section of config.json: who is notified, about what, and how. */
import { z } from "zod";
import { choice, httpHeaders, positiveDuration, secret, text, whole } from "./values.ts";

export const PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue";

/** What an entry of `alerts` reports. */
const areas = ["drift", "quality", "performance", "job", "deployed"] as const;

export function alertsSchema() {
  const webhook = z.strictObject({
    type: z.literal("webhook"),
    url: secret(text()).describe("receives a POST with JSON; use ${NAME} if it contains a secret"),
    format: choice(["json", "slack", "teams"], "json").describe(
      "json: the whole alert; slack: a message for Slack, Mattermost and compatible services; teams: an Adaptive Card for a workflow of Microsoft Teams",
    ),
    headers: httpHeaders(),
    ...shared(),
  });
  const email = z.strictObject({
    type: z.literal("email"),
    to: text().describe("recipients, separated by commas"),
    from: text().optional().describe("sender; default: the first recipient in `to`"),
    smtp: secret(text()).describe("smtp://user:password@host:port, as ${NAME}"),
    ...shared(),
  });
  const command = z.strictObject({
    type: z.literal("command"),
    command: secret(text()).describe(
      "shell command to run, with the alert as JSON on stdin; it sees the variables of mlctl.env that it names as $NAME",
    ),
    ...shared(),
  });
  const pagerduty = z.strictObject({
    type: z.literal("pagerduty"),
    routing_key: secret(text()).describe("integration key (Events API v2) of a PagerDuty service, as ${NAME}"),
    url: text().default(PAGERDUTY_URL).describe("of another region: https://events.eu.pagerduty.com/v2/enqueue"),
    ...shared(),
  });
  return z.array(z.discriminatedUnion("type", [webhook, email, command, pagerduty]));
}

function shared() {
  return {
    name: text().optional().describe("name of the channel in results; default: its type and address"),
    on: z
      .array(z.enum(areas))
      .default(["drift", "quality", "performance", "job"])
      .describe(
        "what to report; job: a scheduled job failed, or succeeds again; deployed: production switched to another model",
      ),
    level: choice(["fail", "warn"], "fail").describe("lowest level to report; warn: warnings too"),
    timeout: positiveDuration("10s").default("10s").describe("timeout of one attempt"),
    retries: whole(0).max(10).default(3).describe("number of retries, each after a longer wait"),
  };
}
