/** `mlctl labels`: late truth for logged predictions. */
import { exitCodes } from "../core/errors.ts";
import type { View } from "../core/view.ts";
import type { LabelsResult } from "../lifecycle/labels/labels.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

export const labels = defineCommand({
  name: "labels",
  group: "Watch",
  summary: "join the truth, once it is known, to the predictions that were logged",
  details:
    "By the column prediction_id where the file has one, else by `id_columns` and `time_column` of config.json; a row that was answered twice gets its label twice. The same file again changes nothing. Exit 3 where rows cannot be read or contradict what is known; the others are joined all the same.",
  arguments: [{ name: "<file>", description: "CSV or JSON lines, also .gz; - is stdin" }],
  options: {
    id: { flags: "--id <column>", description: "holds the prediction's id (default: prediction_id)" },
    label: { flags: "--label <column>", description: 'holds the truth (default: the target, or "label")' },
    inputFormat: {
      flags: "--input-format <name>",
      description: "of stdin (default: csv, or by the file's name)",
      choices: ["csv", "jsonl"],
    },
    force: { ...sharedOptions.force, description: "replace labels that say otherwise" },
  },
  examples: [
    ["mlctl labels outcomes.csv", "prediction_id, or the columns that name a row, and the target"],
    ["mlctl labels outcomes.csv --id request --label left_company", "columns of other names"],
    ["psql -c 'COPY …' | mlctl labels - --json | jq .unmatched", "from a database"],
  ],
  async run(invocation) {
    const { args, options, stdin, context } = invocation;
    const input = args[0]!;
    if (input === "-" && stdin.isTTY === true) {
      context.emit({ type: "warning", stage: "labels", message: "reading rows from the terminal: end with Ctrl-D" });
    }
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, step] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/labels/labels.ts"),
    ]);
    const result = await reading(workspace, (session) => step.labels(session, { ...options, input, stdin }));
    const bad = result.conflicts + result.invalid + result.rejected > 0;
    return { result, view: labelsView(result), ...(bad ? { exitCode: exitCodes.data } : {}) };
  },
}) satisfies Command;

export function labelsView(result: LabelsResult): View {
  const { rows, matched, unmatched, by, label, examples } = result;
  const notes = [
    ...(unmatched > 0
      ? [`${some(unmatched, "row")} found no prediction, first: ${examples.unmatched.map(first).join("; ")}`]
      : []),
    ...examples.conflicts
      .slice(0, 1)
      .map(
        (one) =>
          `${some(result.conflicts, "conflict")}, first: ${first(one)} is ${String(one.known)}, the file says ${one.label}; --force replaces`,
      ),
    ...examples.invalid
      .slice(0, 1)
      .map(
        (one) =>
          `${some(result.invalid, "label")} cannot be used, first: ${first(one)} says ${JSON.stringify(one.label)}`,
      ),
    ...(result.firstRejected === null
      ? []
      : [`${some(result.rejected, "row")} cannot be read, first: ${result.firstRejected}`]),
  ];
  return {
    title: `joined ${label} of ${matched} of ${some(rows, "row")} by ${by.join(" and ")}`,
    fields: [
      ["matched", matched],
      ["unmatched", unmatched],
      ["newly labelled", result.labelled],
      ["labelled before", result.unchanged],
      ["replaced", result.replaced],
      ["duplicates", result.duplicates],
      ["without a label", result.withoutLabel],
    ],
    notes,
    next: matched > 0 ? "`mlctl predictions list --labelled`" : "`mlctl predictions list` shows what was logged",
  };
}

function some(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function first({ line, key }: { readonly line: number; readonly key: string }): string {
  return `line ${line}: ${key}`;
}
