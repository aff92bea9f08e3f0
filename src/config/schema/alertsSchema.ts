/** The `alerts` section of config.json: who is notified, about what, and how. */
import { z } from "zod";
import { positiveDuration } from "./duration.ts";

export function alertsSchema() {
  const webhook = z.strictObject({
    type: z.literal("webhook"),
    url: z.string().min(1).describe("receives a POST with JSON; use ${NAME} if it contains a secret"),
    format: z
      .enum(["json", "slack"])
      .default("json")
      .describe("json: the whole alert; slack: a message for Slack, Mattermost and compatible services"),
    headers: z
      .record(z.string(), z.string())
      .default({})
      .describe("HTTP headers to send, e.g. Authorization as ${NAME}"),
    ...shared(),
  });
  const email = z.strictObject({
    type: z.literal("email"),
    to: z.string().min(1).describe("recipients, separated by commas"),
    from: z.string().min(1).optional().describe("sender; default: the first recipient in `to`"),
    smtp: z.string().min(1).describe("smtp://user:password@host:port, as ${NAME}"),
    ...shared(),
  });
  const command = z.strictObject({
    type: z.literal("command"),
    command: z.string().min(1).describe("shell command to run, with the alert as JSON on stdin"),
    ...shared(),
  });
  return z.array(z.discriminatedUnion("type", [webhook, email, command]));
}

function shared() {
  return {
    name: z.string().min(1).optional().describe("name of the channel in results; default: its type and address"),
    on: z
      .array(z.enum(["drift", "quality", "performance"]))
      .default(["drift", "quality", "performance"])
      .describe("areas to report"),
    level: z.enum(["fail", "warn"]).default("fail").describe("lowest level to report; warn: warnings too"),
    timeout: positiveDuration("10s").default("10s").describe("timeout of one attempt"),
    retries: z.number().int().min(0).max(10).default(3).describe("number of retries, each after a longer wait"),
  };
}
