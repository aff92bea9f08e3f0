/** The `watch` section of config.json: files that are dropped, answered and put away. */
import { z } from "zod";

const time = (fallback: string, most: string) =>
  z
    .string()
    .regex(/^\d+(ms|s|m|h)$/, `a number and ms, s, m or h, such as ${most}`)
    .default(fallback);

export function watchSchema() {
  return z.strictObject({
    folder: z
      .string()
      .min(1)
      .default("drops")
      .describe("holds input, processing, processed, errored and logs (relative to this file)"),
    source: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "where files come from besides the folder's input: https://… is fetched when it changes, s3://bucket/prefix has the same folders as prefixes; null: the folder alone",
      ),
    pattern: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "which files are taken; others are left where they are; null: all, and those that are no table go to errored",
      ),
    poll: time("5s", "5s").describe("how often it is looked for new files"),
    settle: time("2s", "2s").describe("size and time of a file must not change for so long: it may still be uploaded"),
    retries: z.number().int().min(0).max(100).default(3).describe("tries after a failure that is not the file's fault"),
    retry_delay: time("5s", "5s").describe("before each of them"),
    response_key: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe("the column of answers; null: serve.response_key, else prediction"),
    guard: z
      .boolean()
      .default(false)
      .describe(
        "rows unlike the training rows go to a file of their own; false: a row that cannot be read is an error",
      ),
    monitor: z.boolean().default(true).describe("drift, quality and scores of each file, with history and alerts"),
    log: z.boolean().default(false).describe("keep every answer in the prediction log, with its id in the row"),
    download: z
      .strictObject({
        poll: time("10m", "10m").describe("how often the address of source is asked"),
        timeout: time("60s", "60s").describe("how long a download may take"),
        max_bytes: z.number().int().min(1).default(1_073_741_824).describe("more is refused"),
        headers: z.record(z.string(), z.string()).default({}).describe("sent along, e.g. Authorization as ${NAME}"),
      })
      .prefault({})
      .describe("limits on what source fetches from an address"),
  });
}
