/** `mlctl at DATE`: the deployment that was in production at that time. */
import { formatNumber } from "../core/text/format.ts";
import { originText } from "../core/text/originText.ts";
import type { View } from "../core/view.ts";
import { defineCommand, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

export const at = defineCommand({
  name: "at",
  group: "Inspect",
  summary: "show which model, dataset and configuration were in production at a time",
  arguments: [
    {
      name: "<date>",
      description: "2026-03-01 (the end of that day, or now if that is earlier) or 2026-03-01T09:00:00Z",
    },
  ],
  examples: [
    ["mlctl at 2026-03-01", "in production at the end of that day"],
    ["mlctl at 2026-03-01 --json | jq .run.config", "the configuration of that run"],
  ],
  async run(invocation) {
    const step = await import("../lifecycle/registry/at.ts");
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
