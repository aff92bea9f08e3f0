/** The `alerts` section of config.json: who is told, and how. */
import { z } from "zod";

export function alertsSchema() {
  const webhook = z.strictObject({
    type: z.literal("webhook"),
    url: z.string().min(1).describe("gets a POST with JSON; as ${NAME} where it holds a secret"),
  });
  const email = z.strictObject({
    type: z.literal("email"),
    to: z.string().min(1).describe("whom to write to"),
    from: z.string().min(1).optional().describe("the sender"),
    smtp: z.string().min(1).describe("smtp://user:password@host:port, as ${NAME}"),
  });
  const command = z.strictObject({
    type: z.literal("command"),
    command: z.string().min(1).describe("run with the alert as JSON on stdin"),
  });
  return z.array(z.discriminatedUnion("type", [webhook, email, command]));
}
