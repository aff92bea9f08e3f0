/** `mlctl report`: one page about a model. */
import type { View } from "../core/view.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

export const report = defineCommand({
  name: "report",
  group: "Lifecycle",
  summary: "write a self-contained page about a model: metrics, curves, drift, lineage",
  arguments: [{ name: "[ref]", description: "run id, v3, @champion or latest (default: the newest model)" }],
  options: {
    format: {
      flags: "--format <name>",
      description: "html for browsers, md for pull requests (default: by the name in -o, else html)",
      choices: ["html", "md"],
    },
    card: { flags: "--card", description: "write the model card instead: one page for those who decide on its use" },
    output: sharedOptions.output,
  },
  examples: [
    ["mlctl report", "into the models folder, with an image of the confusion matrix"],
    ['mlctl report --format md -o - >> "$GITHUB_STEP_SUMMARY"', "the summary of a CI job"],
    ["mlctl report @champion -o champion.html", "for the deployed model, to another file"],
    ["mlctl report @champion --card", "one page on use, data, quality and limits of the deployed model"],
  ],
  async run(invocation) {
    const { format, output, card } = invocation.options;
    const model = invocation.args[0];
    const step = await import("../lifecycle/report/report.ts");
    const result = await inWorkspace(invocation, "read", (session) =>
      step.report(session, { model, format, output, card }),
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
