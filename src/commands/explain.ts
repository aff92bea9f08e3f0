/** `mlctl explain`: which features move the answers. */
import { formatNumber } from "../core/formatNumber.ts";
import type { View, ViewTable } from "../core/view.ts";
import type { ExplainResult, RowContribution } from "../lifecycle/explain.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

/** More rows than this are for --json. */
const SHOWN_ROWS = 20;
/** Features shown of each row. */
const SHOWN_FEATURES = 4;

export const explain = defineCommand({
  name: "explain",
  group: "Use",
  summary: "tell which features move a model's answers (SHAP values)",
  details:
    "Contributions and the base value add up to the answer: in units of the target, or in log-odds for classes. Without --rows they are averaged over the test data.",
  arguments: [{ name: "[ref]", description: "run id, v3, @champion or a path (default: the deployed model)" }],
  options: { rows: { flags: "--rows <file>", description: "explain each row of this file" } },
  examples: [
    ["mlctl explain", "the deployed model's features by importance"],
    ["mlctl explain --rows new.csv", "what moved each answer"],
    ["mlctl explain v3 --rows new.csv --json | jq '.rows[0]'", "one row in full"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, step] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/explain.ts"),
    ]);
    const options = { model: invocation.args[0], rows: invocation.options.rows };
    const result = await reading(workspace, (session) => step.explain(session, options));
    return { result, view: explainView(result) };
  },
}) satisfies Command;

export function explainView(result: ExplainResult): View {
  const { runId, family, unit, importance, baseValue, rowCount } = result;
  const base = typeof baseValue === "number" ? formatNumber(baseValue) : baseValue.map(formatNumber).join(", ");
  const rows = importance.map(({ feature, importance: size }) => [feature, size]);
  return {
    title: `${family}${runId === null ? "" : ` of run ${runId}`} over ${rowCount} ${rowCount === 1 ? "row" : "rows"}, in ${unit.replace("_", "-")}`,
    fields: [["before any feature", base]],
    tables: [...rowTable(result), { title: "mean size of the contribution", columns: ["feature", "importance"], rows }],
  };
}

function rowTable({ rows }: ExplainResult): ViewTable[] {
  if (rows.length === 0) return [];
  return [
    {
      title: "what moved each answer most",
      columns: ["row", "contributions"],
      rows: rows
        .slice(0, SHOWN_ROWS)
        .map(({ row, contributions }) => [
          row,
          contributions.slice(0, SHOWN_FEATURES).map(contributionText).join(", "),
        ]),
    },
  ];
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${formatNumber(Math.abs(value))}`;
}

function contributionText({ feature, contribution }: RowContribution): string {
  return `${feature} ${typeof contribution === "number" ? signed(contribution) : contribution.map(signed).join("/")}`;
}
