/** `mlctl explain`: which features move the answers. */
import { formatNumber } from "../core/text/format.ts";
import type { View, ViewTable } from "../core/view.ts";
import type { ExplainResult, RowContribution } from "../lifecycle/predict/explain.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

/** More rows than this are for --json. */
const SHOWN_ROWS = 20;
/** Features shown of each row. */
const SHOWN_FEATURES = 4;

export const explain = defineCommand({
  name: "explain",
  group: "Use",
  summary: "tell which features move a model's answers (SHAP values, permutation importance)",
  details:
    "shap: contributions and the base value add up to the answer: in units of the target, its logarithm for xgboost's objectives of amounts, or in log-odds for classes. Without --rows they are averaged over the test data. permutation: how much worse the metric is when one input column is shuffled, mean and standard deviation over the repeats, for any family. gain: what the family itself says, the share of the gain for trees, the size of the coefficients for linear models.",
  arguments: [{ name: "[ref]", description: "run id, v3, @champion or a path (default: the deployed model)" }],
  options: {
    rows: { flags: "--rows <file>", description: "explain each row of this file; permutation: shuffle its rows" },
    method: {
      flags: "--method <method>",
      description: "how importance is measured",
      choices: ["shap", "permutation", "gain"],
      default: "shap",
    },
    repeats: {
      flags: "--repeats <n>",
      type: "integer",
      description: "permutation: how often each column is shuffled (default: 5)",
    },
  },
  examples: [
    ["mlctl explain", "the deployed model's features by importance"],
    ["mlctl explain --rows new.csv", "what moved each answer"],
    ["mlctl explain --method permutation --repeats 20", "what each column is worth to the metric"],
    ["mlctl explain v3 --rows new.csv --json | jq '.rows[0]'", "one row in full"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, step] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/predict/explain.ts"),
    ]);
    const { rows, method, repeats } = invocation.options;
    const options = { model: invocation.args[0], rows, method, repeats };
    const result = await reading(workspace, (session) => step.explain(session, options));
    return { result, view: explainView(result) };
  },
}) satisfies Command;

export function explainView(result: ExplainResult): View {
  const { runId, family, importance, method } = result;
  const rows = importance.map(({ feature, importance: size, standardDeviation: deviation }) =>
    deviation === undefined ? [feature, size] : [feature, size, deviation],
  );
  return {
    title: `${family}${runId === null ? "" : ` of run ${runId}`}${places(result)}`,
    fields: fieldsOf(result),
    tables: [...rowTable(result), { ...headings[method], rows }],
  };
}

const headings = {
  shap: { title: "mean size of the contribution", columns: ["feature", "importance"] },
  permutation: {
    title: "how much worse when the column is shuffled",
    columns: ["column", "importance", "standard deviation"],
  },
  gain: { title: "what the family says", columns: ["feature", "importance"] },
} as const;

/** " over 5 rows, in log-odds" */
function places({ method, rowCount, unit }: ExplainResult): string {
  const over = method === "gain" ? "" : ` over ${rowCount} ${rowCount === 1 ? "row" : "rows"}`;
  const words = unit
    .replaceAll("_", " ")
    .replace("log odds", "log-odds")
    .replace("log target", "logarithms of the target");
  return method === "permutation" ? over : `${over}, in ${words === "coefficient" ? "sizes of coefficients" : words}`;
}

function fieldsOf({ method, unit, value, repeats, baseValue }: ExplainResult): (readonly [string, string])[] {
  if (method === "permutation") {
    return [
      [`${unit} of the rows as they are`, formatNumber(value)],
      ["shuffled", `${repeats} times`],
    ];
  }
  if (baseValue === null) return [];
  const base = typeof baseValue === "number" ? formatNumber(baseValue) : baseValue.map(formatNumber).join(", ");
  return [["before any feature", base]];
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
