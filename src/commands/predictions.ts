/** `mlctl predictions list | show`: logged predictions, with their labels where known. */
import { counted, shortTime } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { PredictionRecord, PredictionsResult } from "../lifecycle/labels/predictions.ts";
import { dateOption } from "./flagValues.ts";
import { defineCommand, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

const list = defineCommand({
  name: "list",
  summary: "list logged predictions, newest first, with their labels",
  options: {
    since: { flags: "--since <time>", description: "first day or time to list, such as 2026-11-21" },
    until: { flags: "--until <time>", description: "last day to list (inclusive)" },
    model: { flags: "--model <ref>", description: "only predictions of this model: run id, v3, @champion or latest" },
    labelled: { flags: "--labelled", description: "only predictions with a label" },
    limit: { flags: "--limit <count>", type: "integer", description: "maximum number of rows to show", default: 50 },
  },
  listing: true,
  examples: [
    ["mlctl predictions list", "the newest 50"],
    ["mlctl predictions list --since 2026-11-01 --labelled --csv > labelled.csv", "for a spreadsheet"],
    ["mlctl predictions list --model @champion --json | jq .labelled", "number of predictions with a label"],
  ],
  async run(invocation) {
    const { options } = invocation;
    const since = dateOption(options.since, "--since");
    const until = dateOption(options.until, "--until");
    const { listPredictions } = await import("../lifecycle/labels/predictions.ts");
    const result = await inWorkspace(invocation, "read", (session) =>
      listPredictions(session, { ...options, since, until }),
    );
    return { result, view: predictionsView(result) };
  },
}) satisfies Command;

const show = defineCommand({
  name: "show",
  summary: "show one logged prediction: inputs, output, model and label",
  arguments: [{ name: "[id]", description: "prediction id, a unique prefix of it, or latest (default: latest)" }],
  examples: [
    ["mlctl predictions show 0193a1b2c3d4e5f6", "the prediction and its inputs"],
    ["mlctl predictions show 0193a1b2c3d4e5f6 --json | jq .prediction.inputs", "only the inputs"],
  ],
  async run(invocation) {
    const { findPrediction } = await import("../lifecycle/labels/predictions.ts");
    const prediction = await inWorkspace(invocation, "read", (session) =>
      findPrediction(session, invocation.args[0] ?? "latest"),
    );
    return { result: { prediction }, view: predictionView(prediction) };
  },
}) satisfies Command;

export const predictions = defineCommand({
  name: "predictions",
  group: "Inspect",
  summary: "list and show the predictions in the prediction log",
  subcommands: [list, show],
  examples: [
    ["mlctl predictions list", "newest first"],
    ["mlctl lineage 0193a1b2c3d4e5f6", "trace a prediction back to the raw files"],
  ],
}) satisfies Command;

function predictionsView({ total, labelled, predictions: shown }: PredictionsResult): View {
  if (total === 0)
    return { title: "no logged predictions match", next: "log some with `mlctl serve` or `mlctl predict --log`" };
  return {
    title: `${counted(total, "prediction")}, ${labelled} with a label`,
    tables: [
      tableOf(shown, [
        ["prediction_id", ({ predictionId }) => predictionId],
        ["time", ({ at }) => shortTime(at)],
        ["run", ({ runId, modelSha256 }) => runId ?? modelSha256.slice(0, 12)],
        ["source", ({ source }) => source],
        ["prediction", ({ prediction }) => prediction],
        ["probability", ({ probability }) => probability],
        ["label", ({ label }) => label],
      ]),
    ],
  };
}

function predictionView(one: PredictionRecord): View {
  return {
    title: `prediction ${one.predictionId} of ${shortTime(one.at)}`,
    fields: [
      ["prediction", one.prediction],
      ["probability", one.probability],
      ["label", one.label === null ? "not known yet" : one.label],
      ["run", one.runId],
      ["model", one.modelSha256.slice(0, 12)],
      ["source", one.source],
    ],
    tables: [
      {
        title: "inputs",
        columns: ["column", "value"],
        rows: Object.entries(one.inputs).map(([name, value]) => [name, value]),
      },
    ],
    next: `\`mlctl lineage ${one.predictionId}\``,
  };
}
