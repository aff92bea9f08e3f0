/** `mlctl reproduce`: the same model again, from its records. */
import type { View } from "../core/view.ts";
import type { ReproduceResult } from "../lifecycle/compare/reproduce.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

export const reproduce = defineCommand({
  name: "reproduce",
  group: "Improve",
  summary: "train a run again from its records and compare every byte",
  details:
    "Dataset, configuration, parameters and seed are those that were recorded. What is compared is the whole model file by its sha256: transforms, estimator, threshold, metrics, importance, reference and lineage; where it differs, the parts that do are named. Nothing is written. Exit 10 if the model differs.",
  arguments: [{ name: "[ref]", description: "run id, v3, @champion or latest (default: latest)" }],
  examples: [
    ["mlctl reproduce", "the newest model"],
    ["mlctl reproduce @champion && echo proven", "the deployed one"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, step] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/compare/reproduce.ts"),
    ]);
    const result = await reading(workspace, (session) => step.reproduce(session, invocation.args[0] ?? "latest"));
    return { result, view: reproduceView(result), exitCode: result.identical ? 0 : 10 };
  },
}) satisfies Command;

export function reproduceView({
  runId,
  from,
  identical,
  expectedSha256,
  sha256,
  differences,
  notes,
}: ReproduceResult): View {
  return {
    title: identical
      ? `run ${runId} is reproduced, byte for byte`
      : `run ${runId} is not reproduced: the model differs`,
    fields: [
      [
        "from",
        `${from.family}, seed ${from.seed}, dataset ${from.datasetId} (${from.datasetSha256.slice(0, 12)}), configuration ${from.configSha256.slice(0, 12)}`,
      ],
      ["recorded sha256", expectedSha256],
      ["sha256 now", sha256],
      ...(differences.length === 0 ? [] : [["differs in", differences.join(", ")] as const]),
    ],
    notes,
  };
}
