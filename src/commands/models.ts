/** `mlctl models list | show | alias | note | export`: the models of this workspace, their names and other forms. */
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { exportView, modelsView, modelView, noteView } from "./modelViews.ts";
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
      import("../lifecycle/registry/models.ts"),
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
      import("../lifecycle/registry/models.ts"),
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
      import("../lifecycle/registry/models.ts"),
    ]);
    const request = { name: args[0]!, reference: args[1], remove: options.delete };
    const result = await writing(workspace, writingOptions("models alias", options.wait), async (session) =>
      setAlias(session, request),
    );
    const title = result.runId === null ? `@${result.name} is no more` : `@${result.name} is run ${result.runId}`;
    return { result, view: { title } };
  },
}) satisfies Command;

const note = defineCommand({
  name: "note",
  group: "Look back",
  summary: "keep a note with a model or a run",
  details:
    "`models list`, `models show` and `runs show` tell it. It replaces the note before; an empty one takes it away.",
  arguments: [
    { name: "<ref>", description: "run id, v3, @champion or latest" },
    { name: "<text>", description: "what to remember" },
  ],
  options: { wait: sharedOptions.wait },
  examples: [
    ['mlctl models note v3 "before the new tariff"', "kept with version 3"],
    ['mlctl models note v3 ""', "taken away"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const workspace = await openWorkspaceOf(invocation);
    const [{ writing }, { noteModel }] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/registry/models.ts"),
    ]);
    const result = await writing(workspace, writingOptions("models note", options.wait), async (session) =>
      noteModel(session, args[0]!, args[1]!),
    );
    return { result, view: noteView(result) };
  },
}) satisfies Command;

const exported = defineCommand({
  name: "export",
  group: "Look back",
  summary: "write a model in a form that other programs read",
  details:
    "json is the model file itself; xgboost-json is XGBoost's own form, on the features; onnx is the whole way from the model's columns to its answers (numbers are doubles with NaN for missing, texts strings with an empty one for missing, dates milliseconds since 1970 UTC; inputs are of shape [rows, 1]), or with --from features the estimator alone.",
  arguments: [{ name: "[ref]", description: "run id, v3, @champion, latest or a path (default: the newest)" }],
  options: {
    format: {
      flags: "--format <name>",
      description: "the form",
      choices: ["json", "xgboost-json", "onnx"],
      default: "json",
    },
    from: {
      flags: "--from <start>",
      description: "onnx: what goes in, the columns of the data or the features that transforms make of them",
      choices: ["columns", "features"],
      default: "columns",
    },
    output: { ...sharedOptions.output, description: "write there; - is stdout (default: -)" },
  },
  examples: [
    ["mlctl models export @champion --format onnx -o model.onnx", "for ONNX Runtime, in any language"],
    ["mlctl models export v3 --format xgboost-json -o model.json", "for xgboost.Booster(model_file=…)"],
    ["mlctl models export latest --format onnx --from features -o trees.onnx", "the estimator without the transforms"],
  ],
  async run(invocation) {
    const { options, args, stdout } = invocation;
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, { exportModel }] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/registry/exportModel.ts"),
    ]);
    const { format, from, output = "-" } = options;
    const request = { reference: args[0] ?? "latest", format, from, output, stdout };
    const result = await reading(workspace, (session) => exportModel(session, request));
    return { result, view: exportView(result), streamed: output === "-" };
  },
}) satisfies Command;

export const models = defineCommand({
  name: "models",
  group: "Look back",
  summary: "list, show, name and export the models that were kept",
  subcommands: [list, show, alias, note, exported],
  examples: [
    ["mlctl models list", "versions, aliases, deployments"],
    ["mlctl models show @champion", "one in full"],
    ["mlctl models export @champion --format onnx -o model.onnx", "for other programs"],
  ],
}) satisfies Command;
