/** `mlctl why`: splits the difference between two runs into the effects of data, settings and seed. */
import { MEMBERS, memberChanges } from "../core/text/recordText.ts";
import { MlctlError } from "../core/errors.ts";
import { formatNumber, intervalText } from "../core/text/format.ts";
import type { Json } from "../core/json.ts";
import type { Cell, View, ViewColumn } from "../core/view.ts";
import type { FactorEffect, WhyResult } from "../lifecycle/compare/why.ts";
import { defineCommand, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { named, settingText, verdicts } from "./views/runsDiffView.ts";

export const why = defineCommand({
  name: "why",
  summary: "split the difference between two runs into effects of data, settings and seed",
  details:
    "Trains the models in between, in memory, and evaluates all of them on the same test rows. If two changes interact, the order of swapping matters, so each effect is the mean over all orders (Shapley value), shown beside the effects when swapped first and last. settings means the configuration with family, feature set and parameters; if several of them differ, each of at most eight is also swapped alone in the first run, which names the one that matters; of an ensemble the parameters of its members, and as one which members there are with their weights. Settings that differ with the same config.json are called choices of mlctl, except in --json.",
  arguments: [
    ["[ref]", "run id, v3, @champion or latest (default: latest)"],
    ["[second]", "with two runs, as in `mlctl runs diff`: the second one"],
  ],
  options: {
    against: ["--against <ref>", "run to compare with (default: the deployed one, else the previous model)"],
    metric: ["--metric <name>", "metric to compare (default: the metric of config.json)"],
    data: ["--data <path>", "labelled rows instead of test_data_path"],
  },
  examples: [
    ["mlctl why", "the newest model compared with the deployed one"],
    ["mlctl why v3 v4", "two versions; the same as `mlctl why v4 --against v3`"],
    ["mlctl why v4 --against v3 --metric roc_auc --json", "for a script"],
  ],
  async run(invocation) {
    const { args, options } = invocation;
    const [first = "latest", second] = args;
    if (second !== undefined && options.against !== undefined)
      throw new MlctlError("usage", `two runs and --against ${options.against} are three`, { hint: "leave one out" });
    const [reference, against] = second === undefined ? [first, options.against] : [second, first];
    const step = await import("../lifecycle/compare/why.ts");
    const result = await inWorkspace(invocation, "read", (session) =>
      step.why(session, reference, { ...options, against }),
    );
    const { isChosen: _chosen, ...printed } = result;
    return { result: printed, view: whyView(result) };
  },
}) satisfies Command;

function whyView(result: WhyResult): View {
  const { a, b, total, effects, models, settings, notes, rows } = result;
  return {
    title: `${total.metric} ${formatNumber(total.a)} of ${named(a)} → ${formatNumber(total.b)} of ${named(b)} on the same ${rows} test rows`,
    fields: [
      ...summaryFields(result),
      a.threshold !== b.threshold && ["threshold", `${formatNumber(a.threshold)} → ${formatNumber(b.threshold)}`],
    ],
    tables: [
      {
        columns: ["swapped", "effect", "share", "swapped first", "swapped last", "verdict"],
        rows: effects.map(({ factor, differs, effect, share, first, last, verdict }) =>
          differs
            ? [
                nameOf(result, factor),
                effect,
                share === null ? "" : `${Math.round(100 * share)} %`,
                first,
                last,
                verdict === null ? "" : verdicts[verdict],
              ]
            : [factor, "the same", "", null, null, ""],
        ),
      },
      {
        columns: ["setting", wrapped("first run"), wrapped("second run"), "effect", "verdict"],
        rows: settings.filter(({ reason }) => reason !== "not tried").flatMap(settingRows),
        title: "settings one at a time: the first run with this setting of the second",
      },
      {
        title: "models in between",
        columns: ["from the second run", total.metric, "note"],
        rows: models.map(({ fromSecond, figure, reason }) => [
          fromSecond.map((factor) => nameOf(result, factor)).join(" + ") || "nothing",
          figure,
          reason ?? "",
        ]),
      },
    ],
    notes,
  };
}

function nameOf({ isChosen }: WhyResult, factor: FactorEffect["factor"]): string {
  return isChosen && factor === "settings" ? "choices of mlctl" : factor;
}

function summaryFields(result: WhyResult): [string, string][] {
  const { total, effects } = result;
  const differing = effects.filter(({ differs }) => differs);
  if (differing.length === 0)
    return [["difference", "none: both runs have the same data, settings and seed, and so the same model"]];
  const { difference, greaterIsBetter, interval } = total;
  if (difference === null) return [["difference", `unknown: ${total.metric} is undefined on these rows`]];
  const way = difference === 0 ? "neither better nor worse" : difference > 0 === greaterIsBetter ? "better" : "worse";
  const reason = total.reason === null ? "" : ` (${total.reason})`;
  const range = interval === null ? "" : `, 95 % interval ${intervalText(interval)}`;
  // The sign is that of the effects: second run minus first.
  const found = `${signed(difference)}, ${way} on these rows${total.verdict === "real" ? ":" : ", but"}`;
  const whole: [string, string] = ["difference", `${found} ${verdicts[total.verdict]}${range}${reason}`];
  const unknown = differing.some(({ effect }) => effect === null);
  if (unknown) return [whole, ["by cause", "unknown: a model in between could not be trained, see below"]];
  const parts = differing
    .toSorted((x, y) => Math.abs(y.effect!) - Math.abs(x.effect!))
    .map(({ factor, effect }) => `${nameOf(result, factor)} ${signed(effect!)}`);
  return [whole, ["by cause", parts.join("; ")], ...interaction(differing, difference)];
}

function signed(effect: number): string {
  return `${effect > 0 ? "+" : ""}${formatNumber(effect)}`;
}

function interaction(differing: readonly FactorEffect[], difference: number): [string, string][] {
  if (differing.length < 2) return [];
  const alone = differing.reduce((sum, { first }) => sum + first!, 0);
  const rest = difference - alone;
  if (Math.abs(rest) < 0.05 * Math.abs(difference) || Math.abs(rest) < 1e-9) return [];
  const shared = `the remaining ${formatNumber(rest)} come from their interaction and are shared evenly among them`;
  return [["interaction", `swapped alone, the changes sum to ${formatNumber(alone)}; ${shared}`]];
}

const wrapped = (header: string): ViewColumn => ({ header, overflow: "wrap" });

function settingRows({ setting, a, b, effect, verdict, reason }: WhyResult["settings"][number]): Cell[][] {
  const judged = [effect, reason ?? (verdict === null ? "" : verdicts[verdict])];
  if (setting !== MEMBERS) return [[setting, ...[a, b].map(valueText), ...judged]];
  // They are swapped together.
  return memberChanges(a, b).map((change, i) => [...change, ...(i === 0 ? judged : [null, "with the member above"])]);
}

function valueText(value: Json): Cell {
  return typeof value === "number" ? value : value === null ? "not set" : settingText(value);
}
