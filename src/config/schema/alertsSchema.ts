/** The `alerts` section of config.json: who is told, of what, and how. */
import { z } from "zod";

export function alertsSchema() {
  const webhook = z.strictObject({
    type: z.literal("webhook"),
    url: z.string().min(1).describe("gets a POST with JSON; as ${NAME} where it holds a secret"),
    format: z
      .enum(["json", "slack"])
      .default("json")
      .describe("json: the whole alert; slack: a message that Slack, Mattermost and the like show"),
    headers: z.record(z.string(), z.string()).default({}).describe("sent along, e.g. Authorization as ${NAME}"),
    ...shared(),
  });
  const email = z.strictObject({
    type: z.literal("email"),
    to: z.string().min(1).describe("whom to write to"),
    from: z.string().min(1).optional().describe("the sender; left out: the first one in `to`"),
    smtp: z.string().min(1).describe("smtp://user:password@host:port, as ${NAME}"),
    ...shared(),
  });
  const command = z.strictObject({
    type: z.literal("command"),
    command: z.string().min(1).describe("run with the alert as JSON on stdin"),
    ...shared(),
  });
  return z.array(z.discriminatedUnion("type", [webhook, email, command]));
}

function shared() {
  return {
    name: z.string().min(1).optional().describe("what the channel is called in results; left out: type and place"),
    on: z
      .array(z.enum(["drift", "quality", "performance"]))
      .default(["drift", "quality", "performance"])
      .describe("what is told"),
    level: z.enum(["fail", "warn"]).default("fail").describe("warn: warnings are told too"),
    timeout: z
      .string()
      .regex(/^[1-9]\d*[sm]$/, "a number and s or m, such as 10s")
      .default("10s")
      .describe("how long one try may take"),
    retries: z.number().int().min(0).max(10).default(3).describe("tries after a failed one, each after a longer wait"),
  };
}
