/** `mlctl fullprocess` and `report`: all steps from new files to a deployed model, and the page about it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { requireVariables } from "../config/unsetValues.ts";
import { withInterval } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { StartServer } from "../lifecycle/fullprocess/fullprocess.ts";
import type { FullprocessResult } from "../lifecycle/fullprocess/fullprocessResult.ts";
import { defineCommand, areasOf, FAIL_ON, monitorAreas, sharedOptions, splitOptions, type Command } from "./command.ts";
import { inWorkspace, openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";
import { alertTable } from "./views/monitorView.ts";

export const report = defineCommand({
  name: "report",
  summary: "write a self-contained page about a model: metrics, curves, drift, lineage",
  arguments: [["[ref]", "run id, v3, @champion or latest (default: the newest model)"]],
  options: {
    format: [
      "--format <name>",
      "html for browsers, md for pull requests (default: by the name in -o, else html)",
      { choices: ["html", "md"] },
    ],
    card: ["--card", "write the model card instead, as html or md: one page for those who decide on its use"],
    output: sharedOptions.output,
  },
  examples: [
    ["mlctl report", "into the models folder, with an image of the confusion matrix"],
    ['mlctl report --format md -o - >> "$GITHUB_STEP_SUMMARY"', "the summary of a CI job"],
    ["mlctl report @champion -o champion.html", "for the deployed model, to another file"],
    ["mlctl report @champion --card -o CARD.md", "one page on use, data, quality and limits of the deployed model"],
  ],
  async run(invocation) {
    const { format, output, card } = invocation.options;
    const model = invocation.args[0];
    const step = await import("../lifecycle/report/report.ts");
    const draws = card !== true && !(format === "md" && output === "-");
    const result = await step.withPlotThread(draws, (drawing) =>
      inWorkspace(invocation, "read", (session) => step.report(session, { model, format, output, card, drawing })),
    );
    if (result.text !== null) return { text: result.text };
    const { path, plots, runId } = result;
    const view: View = {
      title: `wrote the ${card === true ? "model card" : "report"} of run ${runId}`,
      fields: [["report", path], ...plots.map((plot) => ["image", plot] as const)],
      next: `open ${path}`,
    };
    return { result: { path, plots, runId }, view };
  },
}) satisfies Command;

export const fullprocess = defineCommand({
  name: "fullprocess",
  summarizes: true,
  summary: "ingest, train, score, deploy and report, each step only if needed",
  details:
    "For cron and CI: if there is nothing new, it exits 0 at once and writes nothing. A model that was not deployed is not trained again on the same data. Before it trains, it compares the new rows with those that the deployed model was trained on, as `mlctl monitor` does: the result is in `mlctl monitor --history`, and the `alerts` of config.json are notified.",
  options: {
    force: ["-f, --force", "ingest and train even if nothing is new"],
    failOn: ["--fail-on <areas>", `for the new rows, as of monitor: ${FAIL_ON}; every step runs all the same`],
    target: [
      "--target <column>",
      "the column to predict; in a folder with one file of rows and no config.json, does `mlctl init --from FILE` first",
      { setting: "target" },
    ],
    message: sharedOptions.message,
    dryRun: sharedOptions.dryRun,
    seed: sharedOptions.seed,
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl fullprocess", "every step that is needed"],
    ["mlctl fullprocess --target churn", "from a folder with one file of rows to a report"],
    ["mlctl fullprocess --dry-run", "the steps that would run, and why"],
    ["mlctl fullprocess --fail-on drift", "train as usual, but exit 11 if the new rows drifted"],
    ["*/10 * * * * cd /srv/churn && mlctl fullprocess -q", "a line for crontab"],
  ],
  async run(invocation) {
    const { force, message, dryRun, wait, target, seed = splitOptions.seed[2].default } = invocation.options;
    const { config, directory } = invocation.global;
    const decided: string[] = [];
    const isNew = config === undefined && existsSync(directory) && !existsSync(join(directory, "config.json"));
    if (isNew && target !== undefined) {
      const { initFrom, loneFile } = await import("../lifecycle/start/initFrom.ts");
      const file = { directory, from: loneFile(directory), target, testSize: splitOptions.testSize[2].default, seed };
      const started = await initFrom({ ...file, force: false, dryRun }, invocation.context);
      const files = started.files.join(", ");
      if (dryRun) return { result: started, view: { title: `would write ${files}`, notes: started.notes } };
      decided.push(`wrote ${files}`, ...started.notes);
    }
    const failOn = areasOf(invocation.options.failOn);
    const workspace = await openWorkspaceOf(invocation);
    const step = await import("../lifecycle/fullprocess/fullprocess.ts");
    requireVariables(workspace.config, OTHER_SECTIONS);
    const options = { ...writingOptions("fullprocess", wait), force, message, dryRun, startServer };
    const ended = await step.fullprocess(workspace, options);
    const result = { ...ended, notes: [...new Set([...decided, ...ended.notes])] };
    const { monitorExit } = await import("../lifecycle/monitor/monitorRecord.ts");
    // New rows that could not be judged count as too few rows.
    const unjudged = ended.notMonitored === null ? [] : [{ failed: [], warned: [], unjudged: monitorAreas }];
    const windows = [...ended.monitoredEarlier, ...(ended.monitored === null ? [] : [ended.monitored]), ...unjudged];
    return { result, view: fullprocessView(result), exitCode: monitorExit(windows, failOn) };
  },
}) satisfies Command;

/** Not needed before the first step: its own server replaces tokens and address; alerts read theirs when they are sent. */
const OTHER_SECTIONS = ["serve", "alerts", "schedule", "watch"];

/** Loads the server only if needed: most cron runs find nothing new. */
const startServer: StartServer = async (opened) =>
  (await import("../server/process/temporaryServer.ts")).temporaryServer(opened);

function fullprocessView(result: FullprocessResult): View {
  const { status, reason, steps, metric, value, interval, runId, reasons, notes, reportPath, dryRun, alerts } = result;
  const isEmpty = reason.endsWith(" is empty");
  if (status === "nothing_new")
    return {
      title: `nothing new: ${reason}`,
      next: isEmpty ? "put files of rows there" : "`mlctl fullprocess --force` runs every step",
    };
  if (dryRun) {
    const rows = steps.map((step) => [step.name, step.status.replace("_", " "), step.reason]);
    return { title: `would run: ${reason}`, tables: [{ columns: ["step", "status", "reason"], rows }] };
  }
  const table = {
    columns: ["step", "status", { header: "seconds", align: "right" }, "result"] as const,
    rows: steps.map((step) => [step.name, step.status, step.seconds.toFixed(2), step.reason]),
  };
  const scored = metric === null ? "" : `: ${metric} ${withInterval(value, interval)}`;
  return {
    title: `${status === "deployed" ? "deployed" : "not deployed"} ${runId}${scored}`,
    tables: [table, alertTable(alerts)],
    fields: [["started because", reason], ...reasons.map((why) => ["because", why] as const), ["report", reportPath]],
    notes,
    next: reportPath === null ? "`mlctl runs list`" : `open ${reportPath}`,
  };
}
