/** `mlctl labels` and `predictions`: the prediction log, and labels that arrive later. */
import { exitCodes } from "../core/errors.ts";
import { counted, shortTime } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { LabelsResult } from "../lifecycle/labels/labels.ts";
import type { PredictionRecord, PredictionsResult } from "../lifecycle/labels/predictions.ts";
import { defineCommand, dateOption, sharedOptions, type Command } from "./command.ts";
import { inWorkspace, warnOfTerminal } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const labels = defineCommand({
  name: "labels",
  summary: "join labels that arrive later to the logged predictions",
  details:
    "Joins by the column prediction_id if the file has one, else by `id_columns` and `time_column` of config.json; a row that was predicted twice gets its label twice. Joining the same file again changes nothing. Exit 3 if rows cannot be read, have two labels or one that the model does not know, contradict known labels or each other (then none of them is joined, with --force neither), or if no row matches a prediction; the other rows are joined anyway.",
  arguments: [["<file>", "CSV, JSON lines, JSON (also .gz) or Parquet; - is stdin"]],
  options: {
    id: ["--id <column>", "column of prediction ids (default: prediction_id)"],
    label: ["--label <column>", 'column of labels (default: the target, or "label")'],
    inputFormat: sharedOptions.inputFormat,
    force: ["-f, --force", "replace known labels that differ"],
  },
  examples: [
    ["mlctl labels outcomes.csv", "by prediction_id or id_columns; label in the target column"],
    ["mlctl labels outcomes.csv --id request --label left_company", "with other column names"],
    ["psql -c 'COPY …' | mlctl labels - --json | jq .unmatched", "from a database"],
  ],
  async run(invocation) {
    const { args, options, stdin } = invocation;
    const input = args[0]!;
    if (input === "-") warnOfTerminal(invocation, "labels");
    const step = await import("../lifecycle/labels/labels.ts");
    const result = await inWorkspace(invocation, "read", (session) =>
      step.labels(session, { ...options, input, stdin }),
    );
    const isLost = result.matched === 0 && result.unmatched > 0;
    const bad = isLost || result.conflicts + result.invalid + result.rejected > 0;
    return { result, view: labelsView(result), ...(bad ? { exitCode: exitCodes.data } : {}) };
  },
}) satisfies Command;

function labelsView(result: LabelsResult): View {
  const { rows, matched, unmatched, by, label, examples } = result;
  // Not `matched`: a row can match a prediction and have a label that cannot be used.
  const joined = result.labelled + result.unchanged + result.replaced;
  const [[conflict], [invalid], [respelled]] = [examples.conflicts, examples.invalid, examples.respelled];
  const notes = [
    unmatched > 0 &&
      `${counted(unmatched, "row")} matched no prediction, first: ${examples.unmatched.map(first).join("; ")}`,
    conflict !== undefined && `${counted(result.conflicts, "conflicting label")}, first: ${contradiction(conflict)}`,
    invalid !== undefined &&
      `${counted(result.invalid, "label")} cannot be used, first: ${first(invalid)}: ${JSON.stringify(invalid.label)} ${invalid.problem}`,
    respelled !== undefined &&
      `${counted(result.respelled, "label")} read as a class that is written differently, first: ${first(respelled)}: ${JSON.stringify(respelled.label)} as ${JSON.stringify(respelled.readAs)}`,
    result.firstRejected !== null &&
      `${counted(result.rejected, "row")} cannot be read, first: ${result.firstRejected}`,
  ];
  return {
    title: `joined ${label} to ${counted(joined, "prediction")} from ${counted(rows, "row")} by ${by.join(" and ")}`,
    fields: [
      ["matched", matched],
      ["unmatched", unmatched],
      ["newly labelled", result.labelled],
      ["already labelled", result.unchanged],
      ["replaced", result.replaced],
      ["duplicates", result.duplicates],
      ["without a label", result.withoutLabel],
    ],
    notes,
    next: joined > 0 ? "`mlctl predictions list --labelled`" : "`mlctl predictions list` shows the logged predictions",
  };
}

function contradiction(conflict: LabelsResult["examples"]["conflicts"][number]): string {
  const { label, known, other } = conflict;
  if (other === undefined) return `${first(conflict)} is ${known}, but the file has ${label}; --force replaces it`;
  const recorded = known === undefined ? "no label is recorded" : `${known} is recorded`;
  return `${first(conflict)} is ${label}, but line ${other.line} has ${other.label}; ${recorded}, neither was joined`;
}

function first({ line, key }: { readonly line: number; readonly key: string }): string {
  return `line ${line}: ${key}`;
}

const list = defineCommand({
  name: "list",
  summary: "list logged predictions, newest first, with their labels",
  options: {
    since: ["--since <time>", "first day or time to list, such as 2026-11-21"],
    until: ["--until <time>", "last day to list (inclusive)"],
    model: ["--model <ref>", "only predictions of this model: run id, v3, @champion or latest"],
    id: ["--id <value>", "only rows with this value in one of the id_columns of config.json"],
    request: ["--request <id>", "only rows of the request with this X-Request-Id"],
    labelled: ["--labelled", "only predictions with a label"],
    limit: ["--limit <count>", "maximum number of rows to show", { type: "integer", default: 50 }],
  },
  listing: true,
  examples: [
    ["mlctl predictions list", "the newest 50"],
    ["mlctl predictions list --id C1042", "of one customer"],
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
  arguments: [["[id]", "prediction id, a unique prefix of it, the id of its request, or latest (default: latest)"]],
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
      typeof one.threshold === "number" && ["threshold of the request", one.threshold],
      ["label", one.label === null ? "not known yet" : one.label],
      ["run", one.runId],
      ["model", one.modelSha256.slice(0, 12)],
      ["source", one.source],
      ["request", one.requestId ?? null],
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
