/** `mlctl lineage`: traces a model, or one of its predictions, back to its input files. */
import { counted, shortTime } from "../core/text/format.ts";
import { originText } from "../core/text/originText.ts";
import type { View } from "../core/view.ts";
import type { LineageResult } from "../lifecycle/registry/lineage.ts";
import { defineCommand, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

export const lineage = defineCommand({
  name: "lineage",
  group: "Inspect",
  summary: "trace a model or a prediction back to the raw files, with checksums",
  arguments: [
    {
      name: "[ref]",
      description:
        "run id, v3, @champion, latest, d3 (deployment 3) or a prediction id (default: @champion, else latest)",
    },
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
      : [["prediction", "", shortTime(prediction.at), `${prediction.predictionId}: ${prediction.prediction}`]]),
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

function short(sha256: string): string {
  return sha256.slice(0, 12);
}
