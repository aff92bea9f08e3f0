/** The `schedule` section of config.json. */
import { z } from "zod";

export function scheduleSchema() {
  return z.array(
    z.strictObject({
      name: z.string().min(1).describe("the command to run, e.g. fullprocess"),
      cron: z
        .string()
        .regex(/^\s*\S+(\s+\S+){4,5}\s*$/, "five or six cron fields, such as */10 * * * *")
        .describe("when: minute hour day month weekday"),
      timezone: z.string().min(1).default("UTC").describe("time zone of the fields"),
    }),
  );
}
