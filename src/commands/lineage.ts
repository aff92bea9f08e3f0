/** `mlctl lineage`, `at` and `reproduce`: where a model comes from. */
import { exitCodes } from "../core/errors.ts";
import { counted, shortTime, formatNumber } from "../core/text/format.ts";
import { originText } from "../core/text/recordText.ts";
import type { View } from "../core/view.ts";
import type { LineageResult } from "../lifecycle/registry/lineage.ts";
import { defineCommand, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

export const lineage = defineCommand({
  name: "lineage",
  summary: "trace a model or a prediction back to the raw files, with checksums",
  arguments: [
    [
      "[ref]",
      "run id, v3, @champion, latest, d3 (deployment 3), or the id of a prediction or its request (default: @champion, else latest)",
    ],
  ],
  examples: [
    ["mlctl lineage", "the deployed model"],
    ["mlctl lineage v2", "version 2"],
    ["mlctl lineage 0193a1b2c3d4e5f600a1b2c3d4", "a logged prediction"],
    ["mlctl lineage @champion --json | jq -r '.dataset.files[].sha256'", "checksums of its input files"],
  ],
  async run(invocation) {
    const step = await import("../lifecycle/registry/lineage.ts");
    const result = await inWorkspace(invocation, "read", (session) => {
      const defaultRef = session.store.runOfAlias("champion") === undefined ? "latest" : "@champion";
      return step.lineage(session, invocation.args[0] ?? defaultRef);
    });
    return { result, view: lineageView(result) };
  },
}) satisfies Command;

function lineageView({ prediction, run, deployments, dataset }: LineageResult): View {
  const rows = [
    ...(prediction === null
      ? []
      : [
          [
            "prediction",
            "",
            shortTime(prediction.at),
            `${prediction.predictionId}: ${prediction.prediction}${atThreshold(prediction)}`,
          ],
        ]),
    ...deployments.map((d) => [
      `deployment ${d.deploymentId}`,
      short(d.model.sha256),
      shortTime(d.deployedAt),
      [
        originText(d) === "" ? d.action : `${d.action} by ${originText(d)}`,
        ...(d.prunedAt === undefined ? [] : [`its files were pruned at ${shortTime(d.prunedAt)}`]),
      ].join("; "),
    ]),
    ["run", "", shortTime(run.createdAt), `${run.runId}, ${run.family}, seed ${run.seed}`],
    ...(run.model === null ? [] : [["model", short(run.model.sha256), "", run.model.path]]),
    ["configuration", short(run.configSha256), "", "recorded with the run"],
    dataset === null
      ? ["dataset", short(run.datasetSha256), "", `${run.datasetId}: its record is missing`]
      : ["dataset", short(dataset.artifact.sha256), `${dataset.rows} rows`, dataset.artifact.path],
    ...(dataset?.files ?? []).map((file) => ["file", short(file.sha256), `${file.rows} rows`, file.path]),
  ];
  return {
    title: `run ${run.runId} (${run.family}) was trained on ${counted(dataset?.files.length ?? 0, "file")}`,
    tables: [{ columns: ["item", "sha256", "time or rows", { header: "name", overflow: "whole" }], rows }],
  };
}

function atThreshold({ threshold }: NonNullable<LineageResult["prediction"]>): string {
  return typeof threshold === "number" ? ` (the request asked for threshold ${threshold})` : "";
}

function short(sha256: string): string {
  return sha256.slice(0, 12);
}

export const at = defineCommand({
  name: "at",
  summary: "show which model, dataset and configuration were in production at a time",
  arguments: [["<date>", "2026-03-01 (the end of that day, or now if that is earlier) or 2026-03-01T09:00:00Z"]],
  examples: [
    ["mlctl at 2026-03-01", "in production at the end of that day"],
    ["mlctl at 2026-03-01 --json | jq .run.config", "the configuration of that run"],
  ],
  async run(invocation) {
    const step = await import("../lifecycle/registry/lineage.ts");
    const result = await inWorkspace(invocation, "read", (session) => step.at(session, invocation.args[0]!));
    const { at: instant, deployment, run, dataset } = result;
    if (deployment === null) return { result, view: { title: `nothing was in production at ${instant}` } };
    const view: View = {
      title: `at ${instant} run ${deployment.runId} was in production (deployment ${deployment.deploymentId})`,
      fields: [
        ["deployed at", deployment.deployedAt],
        ["deployed by", originText(deployment) || null],
        ["reasons", deployment.reasons.join("; ")],
        [deployment.metric, formatNumber(deployment.value)],
        ["family", run?.family ?? null],
        ["model", deployment.prunedAt === undefined ? deployment.model.path : `pruned at ${deployment.prunedAt}`],
        ["model sha256", deployment.model.sha256],
        ["configuration sha256", deployment.configSha256],
        ["dataset", dataset?.artifact.path ?? null],
        ["rows", dataset?.rows ?? null],
      ],
    };
    return { result, view };
  },
}) satisfies Command;

export const reproduce = defineCommand({
  name: "reproduce",
  summary: "train a run again from its records and compare the models byte for byte",
  details:
    "Uses the recorded dataset, configuration, parameters and seed, and compares the sha256 of the model file. If it differs, names the parts that differ: transforms, estimator, threshold, metrics, importance, reference or lineage. Nothing is written. Exit 10 if the model differs.",
  arguments: [["[ref]", "run id, v3, @champion or latest (default: latest)"]],
  examples: [
    ["mlctl reproduce", "the newest model"],
    ["mlctl reproduce @champion && echo identical", "the deployed model"],
  ],
  async run(invocation) {
    const step = await import("../lifecycle/compare/reproduce.ts");
    const result = await inWorkspace(invocation, "read", (session) =>
      step.reproduce(session, invocation.args[0] ?? "latest"),
    );
    const { runId, from, identical, differences } = result;
    const data = `dataset ${from.datasetId} (${from.datasetSha256.slice(0, 12)})`;
    const view: View = {
      title: identical
        ? `reproduced run ${runId} byte for byte`
        : `could not reproduce run ${runId}: the model differs`,
      fields: [
        ["from", `${from.family}, seed ${from.seed}, ${data}, configuration ${from.configSha256.slice(0, 12)}`],
        ["recorded sha256", result.expectedSha256],
        ["sha256 now", result.sha256],
        differences.length > 0 && ["differs in", differences.join(", ")],
      ],
      notes: result.notes,
    };
    return { result, view, exitCode: identical ? 0 : exitCodes.gate };
  },
}) satisfies Command;
