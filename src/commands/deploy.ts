/** `mlctl deploy`: compares a model with the deployed one and switches production to it if it is better. */
import { formatNumber } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { DeployResult } from "../lifecycle/deploy/deploy.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

export const deploy = defineCommand({
  name: "deploy",
  group: "Lifecycle",
  summary: "switch production to a model that beats the deployed one on the same rows",
  details:
    "The promotion rules are under `promotion` in config.json. The switch is one rename: a kill at any moment leaves either the old or the new deployment complete.",
  arguments: [{ name: "[ref]", description: "run id, v3 or latest (default: the newest model)" }],
  options: {
    rollback: { flags: "--rollback", description: "return to the previous deployment" },
    force: { ...sharedOptions.force, description: "deploy even if the promotion rules reject the model" },
    dryRun: sharedOptions.dryRun,
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl deploy", "the newest model, if it is better"],
    ["mlctl deploy --dry-run", "show the decision and its reasons"],
    ["mlctl deploy v3 --force", "version 3, against the promotion rules"],
    ["mlctl deploy --rollback", "return to the previous deployment"],
  ],
  async run(invocation) {
    const { rollback, force, dryRun } = invocation.options;
    const options = { rollback, force, dryRun, model: invocation.args[0] };
    const step = await import("../lifecycle/deploy/deploy.ts");
    const result = await inWorkspace(invocation, dryRun ? "read" : { write: "deploy" }, (session) =>
      step.deploy(session, options),
    );
    return { result, view: deployView(result) };
  },
}) satisfies Command;

function deployView({ status, runId, previousRunId, metric, value, reasons, dryRun }: DeployResult): View {
  const done = { deployed: "deployed", kept: "not deployed", rolled_back: "rolled back to" }[status];
  const replaced = previousRunId === null || status === "kept" ? "" : `, replacing ${previousRunId}`;
  const stays = status === "kept" && previousRunId !== null ? `; ${previousRunId} stays deployed` : "";
  const next =
    status === "kept"
      ? "`mlctl deploy --force` deploys it anyway"
      : "`mlctl diagnose`, or `mlctl deploy --rollback` to undo";
  return {
    title: `${dryRun ? "dry run: " : ""}${done} ${runId}${replaced}${stays}`,
    fields: [
      ...(metric === null ? [] : [[metric, formatNumber(value)] as const]),
      ...reasons.map((reason) => ["because", reason] as const),
    ],
    // Deployed already: there is nothing to force.
    ...(status === "kept" && runId === previousRunId ? {} : { next }),
  };
}
