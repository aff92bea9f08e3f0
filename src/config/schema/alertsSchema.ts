/** The `alerts` section of config.json: who is notified, about what, and how. */
import { z } from "zod";
import { choice, httpHeaders, positiveDuration, secret, text, whole } from "./values.ts";

export function alertsSchema() {
  const webhook = z.strictObject({
    type: z.literal("webhook"),
    url: secret(text()).describe("receives a POST with JSON; use ${NAME} if it contains a secret"),
    format: choice(["json", "slack"], "json").describe(
      "json: the whole alert; slack: a message for Slack, Mattermost and compatible services",
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
    command: secret(text()).describe("shell command to run, with the alert as JSON on stdin"),
    ...shared(),
  });
  return z.array(z.discriminatedUnion("type", [webhook, email, command]));
}

function shared() {
  return {
    name: text().optional().describe("name of the channel in results; default: its type and address"),
    on: z
      .array(z.enum(["drift", "quality", "performance"]))
      .default(["drift", "quality", "performance"])
      .describe("areas to report"),
    level: choice(["fail", "warn"], "fail").describe("lowest level to report; warn: warnings too"),
    timeout: positiveDuration("10s").default("10s").describe("timeout of one attempt"),
    retries: whole(0).max(10).default(3).describe("number of retries, each after a longer wait"),
  };
}
