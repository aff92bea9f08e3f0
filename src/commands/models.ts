/** `mlctl models list | show | alias`: the models of this workspace and the names they answer to. */
import { formatNumber } from "../core/formatNumber.ts";
import { shortTime } from "../core/shortTime.ts";
import type { View } from "../core/view.ts";
import type { ModelRow, ShownModel } from "../lifecycle/models.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";

const list = defineCommand({
  name: "list",
  group: "Look back",
  summary: "list models by version, newest first, with their aliases and deployments",
  listing: true,
  examples: [
    ["mlctl models list", "all of them"],
    ["mlctl models list --csv", "for a spreadsheet"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, { listModels }] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/models.ts"),
    ]);
    const models = await reading(workspace, listModels);
    return { result: { models }, view: modelsView(models) };
  },
}) satisfies Command;

const show = defineCommand({
  name: "show",
  group: "Look back",
  summary: "show what a model takes, answers and learned",
  arguments: [{ name: "[ref]", description: "run id, v3, @champion, latest or a path (default: the newest)" }],
  examples: [
    ["mlctl models show @champion", "the deployed model's columns and importance"],
    ["mlctl models show models/trainedmodel_20261121T090000000Z.json", "a file"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, { showModel }] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/models.ts"),
    ]);
    const result = await reading(workspace, (session) => showModel(session, invocation.args[0] ?? "latest"));
    return { result, view: modelView(result) };
  },
}) satisfies Command;

const alias = defineCommand({
  name: "alias",
  group: "Look back",
  summary: "give a model a name, or take it away",
  details: "Names of `promotion.aliases` (champion) follow the deployment and cannot be set by hand.",
  arguments: [
    { name: "<name>", description: "e.g. staging" },
    { name: "[ref]", description: "the model; left out with --delete" },
  ],
  options: {
    delete: { flags: "--delete", type: "boolean", description: "take the name away" },
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl models alias staging v3", "@staging means version 3 from now on"],
    ["mlctl models alias staging --delete", "and no more"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const workspace = await openWorkspaceOf(invocation);
    const [{ writing }, { setAlias }] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/models.ts"),
    ]);
    const request = { name: args[0]!, reference: args[1], remove: options.delete };
    const result = await writing(workspace, writingOptions("models alias", options.wait), async (session) =>
      setAlias(session, request),
    );
    const title = result.runId === null ? `@${result.name} is no more` : `@${result.name} is run ${result.runId}`;
    return { result, view: { title } };
  },
}) satisfies Command;

export const models = defineCommand({
  name: "models",
  group: "Look back",
  summary: "list, show and name the models that were kept",
  subcommands: [list, show, alias],
  examples: [
    ["mlctl models list", "versions, aliases, deployments"],
    ["mlctl models show @champion", "one in full"],
  ],
}) satisfies Command;

export function modelsView(rows: readonly ModelRow[]): View {
  if (rows.length === 0) return { title: "no model yet", next: "`mlctl train`" };
  return {
    tables: [
      {
        columns: ["version", "run", "created", "family", "metric", "test", "aliases", "deployed"],
        rows: rows.map((row) => [
          `v${row.version}`,
          row.runId,
          shortTime(row.createdAt),
          row.family,
          row.metric ?? "",
          row.value,
          row.aliases.map((name) => `@${name}`).join(" "),
          row.inProduction ? "now" : row.lastDeployedAt === null ? "" : shortTime(row.lastDeployedAt),
        ]),
      },
    ],
  };
}

export function modelView({ path, sha256, model, run }: ShownModel): View {
  const { signature, estimator, threshold, importance } = model;
  const { target } = signature;
  const classes = target.classes === undefined ? "" : `: ${target.classes.join(", ")}`;
  return {
    title: `${estimator.family} that predicts ${target.name} (${target.task}${classes})`,
    fields: [
      ["file", path],
      ["run", run?.runId ?? null],
      ["sha256", sha256],
      ["parameters", JSON.stringify(estimator.params)],
      ...(threshold === null ? [] : [["threshold", threshold] as const]),
      ["transforms", model.transforms.map(({ type }) => type).join(" → ")],
      ["training rows", model.lineage.trainingRows],
    ],
    tables: [
      {
        title: "columns it takes",
        columns: ["column", "kind", "range or categories", "missing in training"],
        rows: signature.inputs.map((spec) => [spec.name, spec.kind, rangeText(spec), spec.missingShare]),
      },
      ...(importance.length === 0
        ? []
        : [
            {
              title: "importance",
              columns: ["feature", "importance"],
              rows: importance.slice(0, 20).map(([name, value]) => [name, value]),
            },
          ]),
    ],
  };
}

function rangeText({
  kind,
  minimum,
  maximum,
  categories,
  missingShare,
}: ShownModel["model"]["signature"]["inputs"][number]): string {
  if (categories !== undefined)
    return categories.slice(0, 8).join(", ") + (categories.length > 8 ? `, … (${categories.length})` : "");
  if (minimum === undefined || maximum === undefined) return missingShare < 1 ? "any" : "no value seen";
  const edge = (value: number): string => (kind === "date" ? new Date(value).toISOString() : formatNumber(value));
  return `${edge(minimum)} to ${edge(maximum)}`;
}
