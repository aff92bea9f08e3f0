/** `mlctl why`: what of the difference between two runs is due to data, settings and seed. */
import { formatNumber } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { FactorEffect, WhyResult } from "../lifecycle/compare/why.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

export const why = defineCommand({
  name: "why",
  group: "Look back",
  summary: "take the difference between two runs apart: data, settings or seed",
  details:
    "Trains the models in between (at most six, nothing is written) and judges all of them on the same test rows. The order of swapping matters where two changes act together, so each effect is the mean over all orders (Shapley); the effect when it is swapped first, and last, stand beside it. settings is the configuration with family, feature set and parameters.",
  arguments: [{ name: "[ref]", description: "run id, v3, @champion or latest (default: latest)" }],
  options: {
    against: {
      flags: "--against <ref>",
      description: "the run it is held against (default: the deployed one, else the model before)",
    },
    metric: { flags: "--metric <name>", description: "what is compared (default: the metric of config.json)" },
    data: { flags: "--data <path>", description: "labelled rows instead of test_data_path" },
  },
  examples: [
    ["mlctl why", "the newest model against the deployed one"],
    ["mlctl why v4 --against v3", "two versions"],
    ["mlctl why v4 --against v3 --metric roc_auc --json", "for a script"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, step] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/compare/why.ts"),
    ]);
    const result = await reading(workspace, (session) =>
      step.why(session, invocation.args[0] ?? "latest", invocation.options),
    );
    return { result, view: whyView(result) };
  },
}) satisfies Command;

const verdicts = { real: "real", within_noise: "within noise", cannot_tell: "cannot tell" } as const;

export function whyView(result: WhyResult): View {
  const { a, b, total, effects, models, notes, rows } = result;
  return {
    title: `${total.metric} ${formatNumber(total.a)} of ${named(a)} → ${formatNumber(total.b)} of ${named(b)} on the same ${rows} test rows`,
    fields: inWords(result),
    tables: [
      {
        columns: ["swapped", "effect", "share", "swapped first", "swapped last", "first alone is"],
        rows: effects.map(({ factor, differs, effect, share, first, last, verdict }) =>
          differs
            ? [
                factor,
                effect,
                share === null ? "" : percent(share),
                first,
                last,
                verdict === null ? "" : verdicts[verdict],
              ]
            : [factor, "the same", "", null, null, ""],
        ),
      },
      {
        title: "the models on the way",
        columns: ["taken from the second", total.metric, "note"],
        rows: models.map(({ fromSecond, figure, reason }) => [
          fromSecond.join(" + ") || "nothing",
          figure,
          reason ?? "",
        ]),
      },
    ],
    notes,
  };
}

function inWords({ total, effects }: WhyResult): [string, string][] {
  const differing = effects.filter(({ differs }) => differs);
  if (differing.length === 0)
    return [["difference", "none: the two runs have the same data, settings and seed, and so the same model"]];
  const { difference, greaterIsBetter, interval } = total;
  if (difference === null) return [["difference", `unknown: ${total.metric} is undefined on these rows`]];
  const way = difference === 0 ? "neither better nor worse" : difference > 0 === greaterIsBetter ? "better" : "worse";
  const spread =
    interval === null ? "" : `, 95 % interval ${formatNumber(interval[0])} to ${formatNumber(interval[1])}`;
  const verdict = { real: "that is real", within_noise: "that is noise", cannot_tell: "luck cannot be ruled out" }[
    total.verdict
  ];
  const told = `the second is ${way}, by ${formatNumber(Math.abs(difference))}${spread}: ${verdict}`;
  const whole: [string, string] = ["difference", told];
  const unknown = differing.some(({ effect }) => effect === null);
  if (unknown) return [whole, ["by cause", "unknown: a model on the way could not be trained, see below"]];
  const parts = differing.toSorted((x, y) => Math.abs(y.effect!) - Math.abs(x.effect!)).map(part);
  return [whole, ["by cause", parts.join("; ")], ...together(differing, difference)];
}

function part({ factor, effect }: FactorEffect): string {
  const sign = effect! > 0 ? "+" : "";
  return `${factor} ${sign}${formatNumber(effect)}`;
}

/** Where single swaps do not add up to the whole, the order counts. */
function together(differing: readonly FactorEffect[], difference: number): [string, string][] {
  if (differing.length < 2) return [];
  const alone = differing.reduce((sum, { first }) => sum + first!, 0);
  const rest = difference - alone;
  if (Math.abs(rest) < 0.05 * Math.abs(difference) || Math.abs(rest) < 1e-9) return [];
  return [
    [
      "order",
      `swapped alone they make ${formatNumber(alone)} in all; the other ${formatNumber(rest)} they make only together, and it is shared evenly among them`,
    ],
  ];
}

function named({ runId, modelVersion, family }: WhyResult["a"]): string {
  return `${modelVersion === null ? runId : `v${modelVersion}`} (${family})`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
