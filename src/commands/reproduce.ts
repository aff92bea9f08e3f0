/** `mlctl reproduce`: trains a run again from its records and compares the model files. */
import { exitCodes } from "../core/errors.ts";
import type { View } from "../core/view.ts";
import { defineCommand, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

export const reproduce = defineCommand({
  name: "reproduce",
  group: "Improve",
  summary: "train a run again from its records and compare the models byte for byte",
  details:
    "Uses the recorded dataset, configuration, parameters and seed, and compares the sha256 of the model file. If it differs, names the parts that differ: transforms, estimator, threshold, metrics, importance, reference or lineage. Nothing is written. Exit 10 if the model differs.",
  arguments: [{ name: "[ref]", description: "run id, v3, @champion or latest (default: latest)" }],
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
        ...(differences.length === 0 ? [] : [["differs in", differences.join(", ")] as const]),
      ],
      notes: result.notes,
    };
    return { result, view, exitCode: identical ? 0 : exitCodes.gate };
  },
}) satisfies Command;
