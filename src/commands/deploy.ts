/** `mlctl deploy`: compares a model with the deployed one and switches production to it if it is better. */
import { formatNumber } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { DeployResult } from "../lifecycle/deploy/deploy.ts";
import type { SentAlert } from "../lifecycle/monitor/monitorAlerts.ts";
import type { Session } from "../lifecycle/session.ts";
import type { Workspace } from "../lifecycle/workspace.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";
import { alertTable } from "./views/monitorView.ts";

export const deploy = defineCommand({
  name: "deploy",
  group: "Lifecycle",
  summary: "switch production to a model that beats the deployed one on the same rows",
  details:
    "The promotion rules are under `promotion` in config.json. The switch is one rename: a kill at any moment leaves either the old or the new deployment complete. Its record has the user, the machine, the git commit of the workspace and the reason given with -m: `mlctl at`, `lineage`, `models` and `runs show` print them.",
  arguments: [{ name: "[ref]", description: "run id, v3 or latest (default: the newest model)" }],
  options: {
    rollback: { flags: "--rollback", description: "return to the previous deployment" },
    force: { ...sharedOptions.force, description: "deploy even if the promotion rules reject the model" },
    message: sharedOptions.message,
    dryRun: sharedOptions.dryRun,
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl deploy", "the newest model, if it is better"],
    ["mlctl deploy --dry-run", "show the decision and its reasons"],
    ["mlctl deploy v3 --force", "version 3, against the promotion rules"],
    ['mlctl deploy --rollback -m "complaints about v4"', "return to the previous deployment, with the reason"],
  ],
  async run(invocation) {
    const { rollback, force, dryRun, message, wait } = invocation.options;
    const options = { rollback, force, dryRun, message, model: invocation.args[0] };
    const workspace = await openWorkspaceOf(invocation);
    const [step, { reading, writing }] = await Promise.all([
      import("../lifecycle/deploy/deploy.ts"),
      import("../lifecycle/session.ts"),
    ]);
    const work = (session: Session): Promise<DeployResult> => step.deploy(session, options);
    const deployed = await (dryRun
      ? reading(workspace, work)
      : writing(workspace, writingOptions("deploy", wait), work));
    const alerts = deployed.status === "kept" || dryRun ? [] : await announced(workspace);
    return { result: { ...deployed, alerts }, view: deployView(deployed, alerts) };
  },
}) satisfies Command;

/** Tells the alert channels, without the lock. */
async function announced(workspace: Workspace): Promise<readonly SentAlert[]> {
  return (await import("../lifecycle/monitor/monitorAlerts.ts")).announceDeployment(workspace);
}

function deployView(
  { status, runId, previousRunId, metric, value, reasons, dryRun }: DeployResult,
  alerts: readonly SentAlert[],
): View {
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
    tables: alertTable(alerts),
    // Deployed already: there is nothing to force.
    ...(status === "kept" && runId === previousRunId ? {} : { next }),
  };
}
