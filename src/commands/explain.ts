/** `mlctl explain`: SHAP values and feature importance. */
import { counted, formatNumber } from "../core/text/format.ts";
import type { View, ViewTable } from "../core/view.ts";
import type { ExplainResult } from "../lifecycle/predict/explain.ts";
import type { ExplainedRow } from "../lifecycle/predict/explainedRows.ts";
import { defineCommand, type Command } from "./command.ts";
import { inWorkspace, warnOfTerminal } from "./openWorkspaceOf.ts";
import { tableOf, type TableColumn } from "./views/tableOf.ts";

/** Rows shown on a terminal; a pipe and --json get all. */
const SHOWN_ROWS = 20;
const SHOWN_FEATURES = 4;

export const explain = defineCommand({
  name: "explain",
  summary: "explain predictions: SHAP values and permutation importance",
  details:
    "shap: the contributions and the base value add up to the prediction, in units of the target, in the logarithm of the target for XGBoost objectives with a log link, or in log-odds for classes. Without --rows, the mean absolute contribution over the test set. permutation: how much worse the metric becomes when one input column is shuffled, as mean and standard deviation over the repeats; for any family. `mlctl models show` prints the importance that the model has itself: gain of trees, size of coefficients.",
  arguments: [["[ref]", "run id, v3, @champion or a path (default: the deployed model)"]],
  options: {
    rows: ["--rows <file>", "explain each row of this file; with permutation, shuffle these rows; - is stdin"],
    method: ["--method <method>", "importance measure", { choices: ["shap", "permutation"], default: "shap" }],
    repeats: ["--repeats <n>", "permutation: number of shuffles per column (default: 5)", { type: "integer" }],
  },
  examples: [
    ["mlctl explain", "the deployed model's features by importance"],
    ["mlctl explain --rows new.csv", "contributions to each prediction"],
    ["mlctl explain --method permutation --repeats 20", "the effect of each column on the metric"],
    ["mlctl explain v3 --rows new.csv --json | jq '.rows[0]'", "one row in full"],
  ],
  async run(invocation) {
    const { rows, method, repeats } = invocation.options;
    if (rows === "-") warnOfTerminal(invocation, "explain");
    const options = { model: invocation.args[0], rows, stdin: invocation.stdin, method, repeats };
    const step = await import("../lifecycle/predict/explain.ts");
    const result = await inWorkspace(invocation, "read", (session) => step.explain(session, options));
    const isPerson = (invocation.stdout as { isTTY?: boolean }).isTTY === true;
    return { result, view: explainView(result, isPerson ? SHOWN_ROWS : Infinity) };
  },
}) satisfies Command;

function explainView(result: ExplainResult, shown: number): View {
  const { runId, family, importance, columns, method } = result;
  const rows = importance.map(({ feature, importance: size, standardDeviation: deviation }) =>
    deviation === undefined ? [feature, size] : [feature, size, deviation],
  );
  return {
    title: `${family}${runId === null ? "" : ` of run ${runId}`}${scopeOf(result)}`,
    fields: fieldsOf(result),
    notes: [
      result.rows.length > shown && `the first ${shown} of ${result.rows.length} rows; a pipe and --json get all`,
    ],
    tables: [
      rowTable(result, shown),
      {
        title: "importance by input column",
        columns: ["column", "importance"],
        rows: columns.length === importance.length ? [] : columns.map(({ column, importance: size }) => [column, size]),
      },
      { ...headings[method], rows },
    ],
  };
}

const headings = {
  shap: { title: "mean absolute contribution", columns: ["feature", "importance"] },
  permutation: {
    title: "loss of the metric when the column is shuffled",
    columns: ["column", "importance", "standard deviation"],
  },
} as const;

function scopeOf({ method, rowCount, sampledRows, unit }: ExplainResult): string {
  const rows = sampledRows === null ? counted(rowCount, "row") : `${sampledRows} of ${counted(rowCount, "row")}`;
  const words =
    { log_odds: "log-odds", target: "units of the target", log_target: "logarithms of the target" }[unit] ?? unit;
  return method === "permutation" ? ` over ${rows}` : ` over ${rows}, in ${words}`;
}

function fieldsOf({ method, unit, value, repeats, baseValue, classes }: ExplainResult): (readonly [string, string])[] {
  if (method === "permutation") {
    return [
      [`${unit} before shuffling`, formatNumber(value)],
      ["shuffled", `${repeats} times`],
    ];
  }
  if (baseValue === null) return [];
  const base =
    typeof baseValue === "number"
      ? formatNumber(baseValue)
      : baseValue.map((each, code) => `${classes![code]} ${formatNumber(each)}`).join(", ");
  return [["base value", base]];
}

function rowTable(result: ExplainResult, shown: number): ViewTable {
  const { rows, classes, baseValue } = result;
  const all = rows.slice(0, shown).map((each) => ({ ...each, sizes: sizesOf(each, result) }));
  const hasClasses = Array.isArray(baseValue);
  const table = tableOf(all, [
    ["row", ({ row }) => row],
    ...Object.keys(rows[0]?.ids ?? {}).map((name): TableColumn<ExplainedRow> => [name, ({ ids }) => ids[name]!]),
    ["prediction", ({ prediction }) => prediction],
    classes !== null && ["probability", ({ probability }) => probability],
    [
      { header: "contributions", overflow: "wrap" },
      ({ sizes }) =>
        sizes
          .slice(0, SHOWN_FEATURES)
          .map(({ feature, value, size }) => {
            const given = value === null ? "missing" : brief(value);
            return `${feature} (${given}) ${size < 0 ? "−" : "+"}${formatNumber(Math.abs(size))}`;
          })
          .join(", "),
    ],
  ]);
  const of = hasClasses ? "the predicted class of each row; --json has those to every class" : "each prediction";
  return { title: `largest contributions to ${of}`, ...table };
}

/** Of a value beside its contribution. */
const MOST_CHARACTERS = 30;

/** Of several classes, the contributions to the predicted one; to the first if there is no prediction. */
function sizesOf({ contributions, prediction }: ExplainedRow, { baseValue, classes }: ExplainResult) {
  const code = Array.isArray(baseValue) ? Math.max(0, classes!.indexOf(String(prediction))) : 0;
  const sizes = contributions.map(({ feature, value, contribution }) => {
    return { feature, value, size: typeof contribution === "number" ? contribution : contribution[code]! };
  });
  return sizes.toSorted((a, b) => Math.abs(b.size) - Math.abs(a.size));
}

/** A date without its midnight; the beginning of prose. */
function brief(value: string): string {
  const text = value.replace(/T00:00:00\.000Z$/, "");
  const characters = Array.from(text);
  return characters.length > MOST_CHARACTERS ? `${characters.slice(0, MOST_CHARACTERS - 1).join("")}…` : text;
}
