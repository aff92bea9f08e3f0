/** The `watch` section of config.json: predicts files dropped into a folder. */
import { z } from "zod";
import { duration, flag, httpHeaders, orNull, secret, text, whole } from "./values.ts";

export function watchSchema() {
  return z.strictObject({
    folder: text()
      .default("drops")
      .describe("contains input, processing, processed, errored and logs (relative to this file)"),
    source: orNull(secret(text(), "credentials")).describe(
      "further source of files: https://… is downloaded when it changes, s3://bucket/prefix has the same folders as prefixes; null: only the folder",
    ),
    pattern: orNull(text()).describe(
      "files to process; others are left in place; null: all files, and those that are not a table are moved to errored",
    ),
    poll: duration("5s").default("5s").describe("interval between checks for new files"),
    settle: duration("2s")
      .default("2s")
      .describe(
        "how long size and time of a file must be unchanged before it is read, because it may still be uploading",
      ),
    retries: whole(0).max(100).default(3).describe("number of retries after a failure not caused by the file"),
    retry_delay: duration("5s").default("5s").describe("wait before each retry"),
    response_key: orNull(text()).describe("column name of the predictions; null: serve.response_key, else prediction"),
    guard: flag(false).describe(
      "write rows that differ from the training rows to a separate file; false: a row that cannot be read is an error",
    ),
    monitor: flag(true).describe("monitor drift, quality and performance of each file, with history and alerts"),
    log: flag(false).describe("write every prediction to the prediction log, and its id to the output row"),
    download: z
      .strictObject({
        poll: duration("10m").default("10m").describe("interval between requests to the address of source"),
        timeout: duration("60s").default("60s").describe("timeout of a download"),
        max_bytes: whole(1).default(1_073_741_824).describe("maximum size of a download"),
        headers: httpHeaders(),
      })
      .prefault({})
      .describe("settings for downloads from source"),
  });
}
