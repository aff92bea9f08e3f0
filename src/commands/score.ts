/** `mlctl score`: evaluates a model on the test set. */
import { exitCodes } from "../core/errors.ts";
import { formatNumber, withInterval } from "../core/text/format.ts";
import type { View, ViewTable } from "../core/view.ts";
import type { ScoreResult } from "../lifecycle/score/score.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const score = defineCommand({
  name: "score",
  summarizes: true,
  group: "Lifecycle",
  summary: "evaluate a model on the test set, with bootstrap intervals",
  options: {
    model: { flags: "--model <ref>", description: "run id, v3, @champion or a path (default: the newest)" },
    data: {
      flags: "--data <path>",
      description: "labelled file or folder to use instead of test_data_path; the score is then not recorded",
    },
    failUnder: {
      flags: "--fail-under <value>",
      type: "number",
      description: "exit 10 if the metric is worse than this: below it, or above it for metrics to minimise",
    },
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
    const { result, passed } = await inWorkspace(invocation, { write: "score" }, async (session) => {
      const scored = await step.score(session, { model, data });
      return { result: scored, passed: failUnder === undefined || step.passes(scored, failUnder) };
    });
    const view = scoreView(result);
    if (passed) return { result, view };
    const failure = `gate failed: ${result.metric} is ${formatNumber(result.value)}, required is ${failUnder}`;
    const { next: _next, ...shown } = view;
    return { result, view: { ...shown, notes: [...(view.notes ?? []), failure] }, exitCode: exitCodes.gate };
  },
}) satisfies Command;

function scoreView(result: ScoreResult): View {
  const { metric, value, interval, rows, metrics, intervals, baseline } = result;
  return {
    title: `${metric} ${withInterval(value, interval)} on ${rows} test rows; the baseline has ${formatNumber(baseline[metric])}`,
    tables: [
      tableOf(Object.entries(metrics), [
        ["metric", ([name]) => name],
        ["value", ([, measured]) => measured],
        ["low", ([name]) => intervals[name]?.[0] ?? null],
        ["high", ([name]) => intervals[name]?.[1] ?? null],
        ["baseline", ([name]) => baseline[name] ?? null],
      ]),
      ...confusionTable(result),
    ],
    fields: [
      ["run", result.runId],
      ["recorded in", result.path],
    ],
    ...(result.costUnit === null ? {} : { notes: [`cost is ${result.costUnit}, from \`costs\` in config.json`] }),
    ...(result.path === null || result.isDeployed ? {} : { next: "`mlctl deploy`" }),
  };
}

function confusionTable({ confusionMatrix, classes }: ScoreResult): ViewTable[] {
  if (confusionMatrix === null || classes === null || classes.length > 12) return [];
  return [
    {
      title: "rows by true class (down) and predicted class (across)",
      columns: ["true", ...classes],
      rows: confusionMatrix.map((counts, code) => [classes[code]!, ...counts]),
    },
  ];
}
