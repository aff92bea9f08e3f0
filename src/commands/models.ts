/** `mlctl models list | show | alias | note | export | promote`: the models of this workspace. */
import { exitCodes, MlctlError, recover } from "../core/errors.ts";
import type { SentAlert } from "../lifecycle/monitor/alertDelivery.ts";
import { defineCommand, sharedOptions, type Command } from "./command.ts";
import { exportView, modelsView, modelView, noteView, promoteView } from "./views/modelViews.ts";
import { inWorkspace, openOther, openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";

const list = defineCommand({
  name: "list",
  summary: "list models by version, newest first, with their aliases and deployments",
  listing: true,
  examples: [
    ["mlctl models list", "all models"],
    ["mlctl models list --csv", "for a spreadsheet"],
  ],
  async run(invocation) {
    const { listModels } = await import("../lifecycle/registry/models.ts");
    const models = await inWorkspace(invocation, "read", listModels);
    return { result: { models }, view: modelsView(models) };
  },
}) satisfies Command;

const show = defineCommand({
  name: "show",
  summary: "show a model's metrics, threshold, parameters, input columns, importance and deployments",
  details:
    "Without values of the training rows: categories of fewer than ten rows are only counted. `mlctl models export` writes the whole file.",
  arguments: [["[ref]", "run id, v3, @champion, latest or a path (default: the newest)"]],
  examples: [
    ["mlctl models show @champion", "the deployed model's columns and importance"],
    ["mlctl models show models/trainedmodel_20261121T090000000Z.json", "a model file"],
  ],
  async run(invocation) {
    const { describeModel } = await import("../lifecycle/registry/describeModel.ts");
    const result = await inWorkspace(invocation, "read", (session) =>
      describeModel(session, invocation.args[0] ?? "latest"),
    );
    return { result, view: modelView(result) };
  },
}) satisfies Command;

const alias = defineCommand({
  name: "alias",
  summary: "give a model an alias, or delete one",
  details: "The aliases in `promotion.aliases` (champion) follow deployments and cannot be set by hand.",
  arguments: [
    ["<name>", "e.g. staging"],
    ["[ref]", "run id, v3, @champion or latest; not with --delete"],
  ],
  options: { delete: ["--delete", "delete the alias"], wait: sharedOptions.wait },
  examples: [
    ["mlctl models alias staging v3", "@staging now means version 3"],
    ["mlctl models alias staging --delete", "delete the alias"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const request = { name: args[0]!, reference: args[1], remove: options.delete };
    const { setAlias } = await import("../lifecycle/registry/models.ts");
    const result = await inWorkspace(invocation, { write: "models alias" }, (session) => setAlias(session, request));
    const title =
      result.runId === null ? `deleted alias @${result.name}` : `@${result.name} is now run ${result.runId}`;
    return { result, view: { title } };
  },
}) satisfies Command;

const note = defineCommand({
  name: "note",
  summary: "attach a note to a model or a run",
  details:
    "`models list`, `models show` and `runs show` print the note. A new note replaces the old one; an empty note removes it.",
  arguments: [
    ["<ref>", "run id, v3, @champion or latest"],
    ["<text>", "the note"],
  ],
  options: { wait: sharedOptions.wait },
  examples: [
    ['mlctl models note v3 "before the new tariff"', "attach a note to version 3"],
    ['mlctl models note v3 ""', "remove it"],
  ],
  async run(invocation) {
    const { args } = invocation;
    const { noteModel } = await import("../lifecycle/registry/models.ts");
    const result = await inWorkspace(invocation, { write: "models note" }, (session) =>
      noteModel(session, args[0]!, args[1]!),
    );
    return { result, view: noteView(result) };
  },
}) satisfies Command;

const exported = defineCommand({
  name: "export",
  summary: "write a model in a format that other programs read",
  details:
    "json: the model file itself. xgboost-json: XGBoost's own format, which takes features. onnx: transforms and estimator, from input columns to predictions; every input has shape [rows, 1]: numbers as doubles (NaN if missing), strings (empty if missing), dates as milliseconds since 1970 UTC. onnx with --from features: the estimator alone.",
  arguments: [["[ref]", "run id, v3, @champion, latest or a path (default: the newest)"]],
  options: {
    format: ["--format <name>", "output format", { choices: ["json", "xgboost-json", "onnx"], default: "json" }],
    from: [
      "--from <start>",
      "onnx: inputs of the exported model, the data columns or the features made from them",
      { choices: ["columns", "features"], default: "columns" },
    ],
    output: ["-o, --output <file>", "output file; - is stdout (default: -)"],
  },
  examples: [
    ["mlctl models export @champion --format onnx -o model.onnx", "for ONNX Runtime, in any language"],
    ["mlctl models export v3 --format xgboost-json -o model.json", "for xgboost.Booster(model_file=…)"],
    ["mlctl models export latest --format onnx --from features -o trees.onnx", "the estimator without the transforms"],
  ],
  async run(invocation) {
    const { options, args, stdout } = invocation;
    const { format, from, output = "-" } = options;
    const request = { reference: args[0] ?? "latest", format, from, output, stdout };
    const { exportModel } = await import("../lifecycle/registry/exportModel.ts");
    const result = await inWorkspace(invocation, "read", (session) => exportModel(session, request));
    return { result, view: exportView(result), streamed: output === "-" };
  },
}) satisfies Command;

const promote = defineCommand({
  name: "promote",
  summary: "bring a model into another workspace, such as from staging to production, and deploy it there",
  details:
    "Copies the model, its record, its score and its dataset, checks every file against its recorded hash, and gives the model the next version of the target. The target's test data and promotion rules decide whether it is deployed, as with `mlctl deploy` there; if they reject it, it stays in the target's registry, and the command exits with 10. Works as well where a workspace keeps its records in Postgres or its files in a bucket. The target's database must be trusted there (`mlctl config trust`).",
  arguments: [["<ref>", "run id, v3, @champion or latest"]],
  options: {
    to: ["--to <workspace>", "folder of the target, or its configuration file"],
    force: ["-f, --force", "deploy even if the promotion rules of the target reject the model"],
    message: sharedOptions.message,
    wait: sharedOptions.wait,
  },
  examples: [
    ['mlctl models promote @champion --to ../prod -m "passed the trial"', "the model that staging has deployed"],
    ["mlctl models promote v4 --to ../prod --force", "against the promotion rules of prod"],
  ],
  async run(invocation) {
    const { to, force, message, wait } = invocation.options;
    if (to === undefined)
      throw new MlctlError("usage", "missing --to: the workspace that gets the model", {
        hint: "use `mlctl models promote REF --to FOLDER`",
      });
    const source = await openWorkspaceOf(invocation);
    const target = await openOther(invocation, "--to", to);
    const { bringModel } = await import("../lifecycle/registry/bringModel.ts");
    const { deploy } = await import("../lifecycle/deploy/deploy.ts");
    const { reading, writing } = await import("../lifecycle/session.ts");
    const { shellWord } = await import("../automation/schedule/install/jobCommand.ts");
    const { sendAlerts } = await import("../lifecycle/monitor/monitorAlerts.ts");
    let alerts: SentAlert[] = [];
    const promoted = await reading(source, (session) =>
      writing(target, writingOptions("models promote", wait), async (other) => {
        const brought = await bringModel(session, other, invocation.args[0]!);
        const { runId, modelVersion } = brought;
        const command = `mlctl models promote ${runId} --to ${shellWord(to)}`;
        const deployed = await deploy(other, { model: runId, command, force, message }).catch(
          recover(({ kind, message: why, hint, details }) => {
            const where = `v${modelVersion} (run ${runId}) is in ${to} now, but was not deployed there`;
            throw new MlctlError(kind, `${where}: ${why}`, { hint, details });
          }),
        );
        return { ...brought, ...deployed };
      }),
    ).finally(async () => (alerts = await sendAlerts(target, [])));
    const isThere = promoted.status !== "kept" || promoted.runId === promoted.previousRunId;
    return { result: { ...promoted, alerts }, view: promoteView(promoted, to), exitCode: isThere ? 0 : exitCodes.gate };
  },
}) satisfies Command;

export const models = defineCommand({
  name: "models",
  summary: "list, show, name, export and promote trained models",
  subcommands: [list, show, alias, note, exported, promote],
  examples: [
    ["mlctl models list", "versions, aliases, deployments"],
    ["mlctl models show @champion", "one model in full"],
    ["mlctl models export @champion --format onnx -o model.onnx", "for other programs"],
  ],
}) satisfies Command;
