/** `mlctl labels`: joins labels that arrive later to logged predictions. */
import { exitCodes } from "../core/errors.ts";
import { counted } from "../core/text/format.ts";
import { present } from "../core/text/present.ts";
import type { View } from "../core/view.ts";
import type { LabelsResult } from "../lifecycle/labels/labels.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace, warnOfTerminal } from "./openWorkspaceOf.ts";

export const labels = defineCommand({
  name: "labels",
  group: "Monitor",
  summary: "join labels that arrive later to the logged predictions",
  details:
    "Joins by the column prediction_id if the file has one, else by `id_columns` and `time_column` of config.json; a row that was predicted twice gets its label twice. Joining the same file again changes nothing. Exit 3 if rows cannot be read or contradict known labels; the other rows are joined anyway.",
  arguments: [{ name: "<file>", description: "CSV or JSON lines, also .gz; - is stdin" }],
  options: {
    id: { flags: "--id <column>", description: "column of prediction ids (default: prediction_id)" },
    label: { flags: "--label <column>", description: 'column of labels (default: the target, or "label")' },
    inputFormat: sharedOptions.inputFormat,
    force: { ...sharedOptions.force, description: "replace known labels that differ" },
  },
  examples: [
    ["mlctl labels outcomes.csv", "by prediction_id or id_columns; label in the target column"],
    ["mlctl labels outcomes.csv --id request --label left_company", "with other column names"],
    ["psql -c 'COPY …' | mlctl labels - --json | jq .unmatched", "from a database"],
  ],
  async run(invocation) {
    const { args, options, stdin } = invocation;
    const input = args[0]!;
    if (input === "-") warnOfTerminal(invocation, "labels");
    const step = await import("../lifecycle/labels/labels.ts");
    const result = await inWorkspace(invocation, "read", (session) =>
      step.labels(session, { ...options, input, stdin }),
    );
    const bad = result.conflicts + result.invalid + result.rejected > 0;
    return { result, view: labelsView(result), ...(bad ? { exitCode: exitCodes.data } : {}) };
  },
}) satisfies Command;

function labelsView(result: LabelsResult): View {
  const { rows, matched, unmatched, by, label, examples } = result;
  // Not `matched`: a row can match a prediction and have a label that cannot be used.
  const joined = result.labelled + result.unchanged + result.replaced;
  const [[conflict], [invalid]] = [examples.conflicts, examples.invalid];
  const notes = present([
    unmatched > 0 &&
      `${counted(unmatched, "row")} matched no prediction, first: ${examples.unmatched.map(first).join("; ")}`,
    conflict !== undefined &&
      `${counted(result.conflicts, "conflicting label")}, first: ${first(conflict)} is ${String(conflict.known)}, but the file has ${conflict.label}; --force replaces it`,
    invalid !== undefined &&
      `${counted(result.invalid, "label")} cannot be used, first: ${first(invalid)} has ${JSON.stringify(invalid.label)}`,
    result.firstRejected !== null &&
      `${counted(result.rejected, "row")} cannot be read, first: ${result.firstRejected}`,
  ]);
  return {
    title: `joined ${label} to ${counted(joined, "prediction")} from ${counted(rows, "row")} by ${by.join(" and ")}`,
    fields: [
      ["matched", matched],
      ["unmatched", unmatched],
      ["newly labelled", result.labelled],
      ["already labelled", result.unchanged],
      ["replaced", result.replaced],
      ["duplicates", result.duplicates],
      ["without a label", result.withoutLabel],
    ],
    notes,
    next: joined > 0 ? "`mlctl predictions list --labelled`" : "`mlctl predictions list` shows the logged predictions",
  };
}

function first({ line, key }: { readonly line: number; readonly key: string }): string {
  return `line ${line}: ${key}`;
}
