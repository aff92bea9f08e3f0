/** The `monitor` section of config.json: windows, drift, quality and limits on metrics. */
import { z } from "zod";
import { limit, type limits } from "./promotionSchema.ts";
import {
  between,
  byName,
  choice,
  orNull,
  positiveDuration,
  share,
  some,
  text,
  texts,
  whole,
  windowLength,
  httpHeaders,
  secret,
} from "./values.ts";

export function monitorSchema(require: ReturnType<typeof limits>, driftTests?: string) {
  return z.strictObject({
    window: orNull(windowLength()).describe(
      "rows to evaluate together: 90d, 500 rows, day, week, month or file; null: all rows given",
    ),
    step: orNull(positiveDuration("1d")).describe(
      "distance between the starts of windows of a duration when evaluating history; null: the duration of a window",
    ),
    reference: text()
      .default("training")
      .describe(
        "reference to compare with: training, same_season (training rows of the same days in earlier years), the id of a dataset, or a path",
      ),
    minimum_rows: whole(1)
      .default(20)
      .describe(
        "drift and performance are not evaluated on fewer rows, nor does a data quality check with a learned limit pass",
      ),
    drift: driftSchema(driftTests).prefault({}).describe("when columns count as drifted"),
    quality: qualitySchema().prefault({}).describe("limits on data quality"),
    require: require.describe("limits on metrics, checked once labels are known"),
    confidence: orNull(share()).describe(
      "confidence required to report that a limit in require is violated (bootstrap, e.g. 0.95); null: compare the value itself",
    ),
    segments: texts().describe("columns whose values define segments to evaluate separately"),
    segment_rows: whole(2)
      .default(30)
      .describe(
        "a segment with fewer labelled rows is not evaluated; metrics by class, such as f1, need 10 rows of each class, too",
      ),
    retrain_on: some(["drift", "quality", "performance"], []).describe(
      "fullprocess retrains if monitoring fails in one of these areas, even without new files",
    ),
  });
}

function driftSchema(driftTests: string | undefined) {
  return z.strictObject({
    rules: choice(["calibrated", "evidently"], "calibrated").describe(
      "calibrated: few false alarms at any number of rows; evidently: the defaults of that library, for any number of rows, with predictions and labels among the columns",
    ),
    dataset_share: between(0, 1)
      .default(0.5)
      .describe("share of drifted columns at which the dataset counts as drifted"),
    fail_on: some(["dataset", "prediction", "target", "columns"], ["dataset"]).describe(
      "which drift is a failure; other drift is a warning",
    ),
    columns: byName(
      z.strictObject({
        test: text()
          .optional()
          .describe(`the drift test to use${driftTests === undefined ? "" : `. ${driftTests}`}`),
        limit: z.number().optional().describe("limit of the test: a p-value below it or a distance above it is drift"),
      }),
    ).describe('test and limit by column, to override the rules; also "prediction" and the target'),
  });
}

function qualitySchema() {
  return z.strictObject({
    missing_share: limit().optional().describe("share of missing values in a column; default: as in training"),
    new_categories: limit().optional().describe("share of categories not seen in training; default: as in training"),
    out_of_range: limit().optional().describe("share of numbers outside the training range; default: as in training"),
    invalid_share: limit().optional().describe("share of values of the wrong type, such as text among numbers"),
    duplicate_share: limit().optional().describe("share of rows that are copies of another row; default: no limit"),
    rows: limit().optional().describe("number of rows in a window; default: at least one"),
    freshness: positiveDuration("2d")
      .optional()
      .describe("maximum age of the newest row in the newest window, by time_column"),
    columns: byName(
      z.strictObject({
        missing_share: limit().optional().describe("share of missing values"),
        new_categories: limit().optional().describe("share of categories not seen in training"),
        out_of_range: limit().optional().describe("share of numbers outside the training range"),
        invalid_share: limit().optional().describe("share of values of the wrong type"),
      }),
    ).describe("limits for single columns"),
  });
}

export const PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue";

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
    on: some(areas, ["drift", "quality", "performance", "job"]).describe(
      "what to report; job: a scheduled job failed, or `watch` or `ingest` rejected a file, or it succeeds again; deployed: production switched to another model",
    ),
    level: choice(["fail", "warn"], "fail").describe(
      "lowest level to report; fail: failures only; warn: warnings too, such as drift of single columns (monitor.drift.fail_on)",
    ),
    timeout: positiveDuration("10s").default("10s").describe("timeout of one attempt"),
    retries: whole(0).max(10).default(3).describe("number of retries, each after a longer wait"),
  };
}
