/** `mlctl score` and `deploy`: evaluates a model, and switches production to it if it is better. */
import { exitCodes } from "../core/errors.ts";
import { ONE_STEP } from "../core/text/recordText.ts";
import { formatNumber, testRows, withInterval } from "../core/text/format.ts";
import type { View, ViewTable } from "../core/view.ts";
import type { DeployResult } from "../lifecycle/deploy/deploy.ts";
import type { SentAlert } from "../lifecycle/monitor/alertDelivery.ts";
import type { ScoreResult } from "../lifecycle/score/score.ts";
import { defineCommand, sharedOptions, type Command } from "./command.ts";
import { inSession, inWorkspace, openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";
import { alertTable } from "./views/monitorView.ts";
import { tableOf } from "./views/tableOf.ts";

export const score = defineCommand({
  name: "score",
  summarizes: true,
  summary: "evaluate a model on the test set, with bootstrap intervals",
  options: {
    model: ["--model <ref>", "run id, v3, @champion or a path (default: the newest)"],
    data: ["--data <path>", "labelled file or folder to use instead of test_data_path; the score is then not recorded"],
    failUnder: [
      "--fail-under <value>",
      "exit 10 if the metric is worse than this: below it, or above it for metrics to minimise",
      { type: "number" },
    ],
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl score", "the newest model"],
    ["mlctl score --model @champion", "the deployed model"],
    ["mlctl score --fail-under 0.6", "a gate for CI: exit 10 below it"],
    ["mlctl score --json | jq .metrics.f1", "one metric"],
  ],
  async run(invocation) {
    const { model, data, failUnder } = invocation.options;
    const step = await import("../lifecycle/score/score.ts");
    const result = await inWorkspace(invocation, { write: "score" }, (session) => step.score(session, { model, data }));
    const view = scoreView(result);
    const failure = step.belowLimit(result, failUnder);
    if (failure === undefined) return { result, view };
    const notes = [...(view.notes ?? []), `gate failed: ${failure}`];
    return { result, view: { ...view, next: false, notes }, exitCode: exitCodes.gate };
  },
}) satisfies Command;

function scoreView(result: ScoreResult): View {
  const { metric, value, interval, rows, metrics, intervals, baseline, naive, leakage } = result;
  const repeated = naive === undefined ? "" : `, ${naive.family} ${formatNumber(naive.metrics[metric])}`;
  return {
    title: `${metric} ${withInterval(value, interval)} on ${testRows(rows, leakage.copiedRows)}; the baseline has ${formatNumber(baseline[metric])}${repeated}`,
    tables: [
      tableOf(Object.entries(metrics), [
        ["metric", ([name]) => name],
        ["value", ([, measured]) => measured],
        ["low", ([name]) => intervals[name]?.[0] ?? null],
        ["high", ([name]) => intervals[name]?.[1] ?? null],
        ["baseline", ([name]) => baseline[name] ?? null],
        naive !== undefined && [naive.family, ([name]) => naive.metrics[name] ?? null],
      ]),
      confusionTable(result),
    ],
    fields: [
      ["run", result.runId],
      ["recorded in", result.path],
    ],
    notes: [
      naive !== undefined && ONE_STEP,
      result.costUnit !== null && `cost is ${result.costUnit}, from \`costs\` in config.json`,
    ],
    next: result.path !== null && !result.isDeployed && "`mlctl deploy`",
  };
}

function confusionTable({ confusionMatrix, classes }: ScoreResult): ViewTable {
  const shown = classes !== null && classes.length <= 12 ? classes : [];
  return {
    title: "rows by true class (down) and predicted class (across)",
    columns: ["true", ...shown],
    rows: shown.map((name, code) => [name, ...(confusionMatrix?.[code] ?? [])]),
  };
}

export const deploy = defineCommand({
  name: "deploy",
  summary: "switch production to a model that beats the deployed one on the same rows",
  details:
    "The promotion rules are under `promotion` in config.json. A model that was not scored on the current test rows is scored, as `mlctl score` does: monitoring compares new rows with that score. The switch is one rename: a kill at any moment leaves either the old or the new deployment complete. Its record has the user, the machine, the git commit of the workspace and the reason given with -m: `mlctl at`, `lineage`, `models` and `runs show` print them.",
  arguments: [["[ref]", "run id, v3 or latest (default: the newest model)"]],
  options: {
    rollback: ["--rollback", "return to the previous deployment"],
    force: ["-f, --force", "deploy even if the promotion rules reject the model"],
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
    const step = await import("../lifecycle/deploy/deploy.ts");
    const { sendAlerts } = await import("../lifecycle/monitor/monitorAlerts.ts");
    let alerts: SentAlert[] = [];
    const deployed = await inSession(workspace, dryRun ? "read" : writingOptions("deploy", wait), (session) =>
      step.deploy(session, options),
    ).finally(async () => {
      // Also without a switch: the message of an earlier one may wait.
      if (!dryRun) alerts = await sendAlerts(workspace, []);
    });
    return { result: { ...deployed, alerts }, view: deployView(deployed, alerts) };
  },
}) satisfies Command;

function deployView(deployed: DeployResult, alerts: readonly SentAlert[]): View {
  const { status, runId, previousRunId, metric, value, reasons, dryRun } = deployed;
  const done = { deployed: "deployed", kept: "not deployed", rolled_back: "rolled back to" }[status];
  const replaced = previousRunId === null || status === "kept" ? "" : `, replacing ${previousRunId}`;
  const stays = status === "kept" && previousRunId !== null ? `; ${previousRunId} stays deployed` : "";
  const next =
    status === "kept"
      ? `\`mlctl runs diff ${previousRunId} ${runId}\` compares the two`
      : status === "deployed"
        ? `\`mlctl diagnose\`${previousRunId === null ? "" : ", or `mlctl deploy --rollback` to undo"}`
        : `\`mlctl diagnose\`, or \`mlctl deploy ${previousRunId} --force\` to undo`;
  return {
    title: `${dryRun ? "dry run: " : ""}${done} ${runId}${replaced}${stays}`,
    fields: [
      metric !== null && [metric, formatNumber(value)],
      ...reasons.map((reason) => ["because", reason] as const),
    ],
    tables: [alertTable(alerts)],
    next: !(status === "kept" && (previousRunId === null || runId === previousRunId)) && next,
  };
}
