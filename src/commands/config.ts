/** `mlctl config`: the effective settings, the errors in config.json, what it may run, and its JSON Schema. */
import { createInterface } from "node:readline/promises";
import type { Hook } from "../config/hooks.ts";
import type { Setting } from "../config/describeSettings.ts";
import type { ConfigProblem } from "../config/schema/schema.ts";
import type { LoadedConfig } from "../config/loadConfig.ts";
import { MlctlError } from "../core/errors.ts";
import type { View } from "../core/view.ts";
import type { CheckedData } from "../lifecycle/train/inspectData.ts";
import { defineCommand, type Command, type Invocation } from "./command.ts";
import { inSession, openConfig } from "./openWorkspaceOf.ts";

const show = defineCommand({
  name: "show",
  alsoCalled: ["list", "get", "print"],
  summary: "print every setting with its value and where it comes from",
  details:
    "Flags override MLCTL_* variables, which override config.json, which overrides the defaults. Secrets are not printed: a value that names a variable is shown as ${NAME}, with whether the variable is set.",
  arguments: [["[keys...]", "only these keys and the keys below them, e.g. train"]],
  options: {
    resolved: [
      "--resolved",
      "print the configuration of the newest training, with all that mlctl chose, as a config.json that trains the same model",
    ],
  },
  listing: true,
  examples: [
    ["mlctl config show", "all settings"],
    ["mlctl config show train promotion", "two sections"],
    ["MLCTL_TRAIN_SEED=7 mlctl config show train.seed", "a variable overrides the file"],
    ["mlctl config show --json | jq .config.train", "the whole configuration as JSON"],
    ["mlctl config show --resolved > config.json", "write down what mlctl chose"],
  ],
  async run(invocation) {
    const loaded = await openConfig(invocation);
    if (invocation.options.resolved) return { text: await resolvedConfig(loaded, invocation) };
    const { describeSettings, isUnder, unknownKey } = await import("../config/describeSettings.ts");
    const all = describeSettings(loaded);
    const keys = invocation.args.length === 0 ? [""] : invocation.args;
    for (const key of keys) if (!all.some((setting) => isUnder(setting.key, key))) throw unknownKey(key, all);
    const settings = all.filter((setting) => keys.some((key) => isUnder(setting.key, key)));
    const { path, recordable: config } = loaded;
    const rows = settings.map(({ key, value, source }) => [key, plainText(value), source]);
    return {
      result: { path, config, settings },
      view: { tables: [{ columns: ["setting", "value", "source"], rows }] },
    };
  },
}) satisfies Command;

/** @throws {MlctlError} kind "notReady" before the first training: what mlctl chooses depends on the data */
async function resolvedConfig(loaded: LoadedConfig, { context }: Invocation): Promise<string> {
  const { openWorkspace } = await import("../lifecycle/workspace.ts");
  const workspace = openWorkspace(loaded, context);
  const run = await inSession(workspace, "read", ({ store }) => store.latestModelRun());
  if (run === undefined) {
    const hint = "run `mlctl train`: what mlctl chooses depends on the data";
    throw new MlctlError("notReady", "no model has been trained yet", { hint });
  }
  const { config, configSha256 } = run;
  if (configSha256 !== workspace.configSha256()) {
    const message = `${loaded.path} has changed since the newest training, whose configuration is printed`;
    context.emit({ type: "warning", stage: "config", message, hint: "run `mlctl train`" });
  }
  return `${JSON.stringify(config, null, 2)}\n`;
}

const validate = defineCommand({
  name: "validate",
  summary: "check config.json and print all errors at once",
  alsoCalled: ["check", "test", "lint", "verify"],
  details:
    "A variable that is named as ${NAME} and is not set is a warning: only the commands that need its value fail. With --data, runs every check that `mlctl train` makes before fitting, on the newest dataset: target, history for lag features, split, folds, and leakage (duplicates across the split, columns that reveal the target or the future). Nothing is written.",
  options: { data: ["--data", "also check it against the newest dataset"] },
  examples: [
    ["mlctl config validate", "exit 0 if it is valid, else 2"],
    ["mlctl config validate --data", "find leakage and missing history before an hour of training"],
    ["mlctl config validate -c other.json", "another file"],
  ],
  async run(invocation) {
    const { tokenProblems } = await import("../config/problems/consistencyProblems.ts");
    const loaded = await openConfig(invocation, {
      check: async (config) => [...tokenProblems(config), ...(await scheduleProblemsOf(config, invocation))],
    });
    const { path, trust: trusted } = loaded;
    const closed = trusted.hooks.flatMap(({ key }) => trusted.refusal(key)?.message ?? []);
    const found = [...loaded.unset, ...loaded.plainSecrets, ...closed];
    const warnings = [...loaded.warnings, ...found];
    if (!invocation.options.data) {
      const view = { title: `${path} is valid`, notes: found };
      return { result: { path, valid: true, warnings, data: null }, view };
    }
    const { openWorkspace } = await import("../lifecycle/workspace.ts");
    const { checkConfig } = await import("../lifecycle/train/inspectData.ts");
    const data = await inSession(openWorkspace(loaded, invocation.context), "read", checkConfig);
    return { result: { path, valid: true, warnings, data }, view: { ...validView(path, data), notes: found } };
  },
}) satisfies Command;

const trust = defineCommand({
  name: "trust",
  alsoCalled: ["allow", "untrust"],
  summary: "allow the commands, addresses and jobs of config.json that mlctl runs or calls",
  details:
    "config.json may come from someone else. So its alert channels, its watch.source, its ingest.sources and its scheduled jobs with arguments are used only after this command. It shows each, asks, and remembers them by hash under ~/.local/state/mlctl/trusted; one that changes needs this command again. A command is shown as written: look for what you do not know. Without a home folder, or for one call (CI, containers): --trust or MLCTL_TRUST=1.",
  options: {
    yes: ["-y, --yes", "allow without asking"],
    revoke: ["--revoke", "forget what was allowed"],
  },
  examples: [
    ["mlctl config trust", "show what would run, and ask"],
    ["mlctl config trust --yes", "in a script"],
    ["mlctl config trust --revoke", "allow nothing again"],
  ],
  async run(invocation) {
    const { path, trust: found } = await openConfig(invocation);
    const { remember, trustOf } = await import("../config/trust.ts");
    const { environment, options } = invocation;
    const isNew = found.hooks.some(({ key }) => !found.isRemembered(key));
    const isAllowed = !options.revoke && (!isNew || options.yes || (await isConfirmed(found.hooks, invocation)));
    if (options.revoke || isAllowed) remember(isAllowed ? found.hooks : [], path, environment);
    const now = trustOf(found.hooks, path, environment);
    const hooks = found.hooks.map(({ key, action }) => ({ key, action, trusted: now.refusal(key) === undefined }));
    return {
      result: { path, hooks },
      view: trustView(hooks, path, now.place()),
      exitCode: options.revoke || isAllowed ? 0 : 1,
    };
  },
}) satisfies Command;

const schema = defineCommand({
  name: "schema",
  summary: "print the JSON Schema of config.json, for editors and as a reference",
  examples: [
    ["mlctl config schema > config.schema.json", 'the file that "$schema" in config.json refers to'],
    ["mlctl config schema | jq .properties.train", "one section"],
  ],
  async run() {
    const { configJsonSchema } = await import("../config/schema/configJsonSchema.ts");
    const { knownNames } = await import("../lifecycle/knownNames.ts");
    return { text: `${JSON.stringify(configJsonSchema(knownNames()), null, 2)}\n` };
  },
}) satisfies Command;

export const config = defineCommand({
  name: "config",
  summary:
    "show the settings (show), check them (validate), allow what they run (trust) or describe every key (schema)",
  subcommands: [show, validate, trust, schema],
  examples: [
    ["mlctl config show", "every setting with its source"],
    ["mlctl config validate", "all errors at once"],
    ["mlctl config schema", "every key with its type and default"],
  ],
}) satisfies Command;

async function scheduleProblemsOf(
  { schedule, ...rest }: LoadedConfig["config"],
  { context, usageError }: Invocation,
): Promise<readonly ConfigProblem[]> {
  if (schedule.length === 0) return [];
  const { scheduleProblems, scheduledJobs } = await import("../automation/schedule/scheduledJobs.ts");
  const now = context.now();
  const problems: ConfigProblem[] = scheduleProblems({ ...rest, schedule }, now);
  const isValid = (i: number): boolean => !problems.some(({ path }) => path.startsWith(`schedule.${i}.`));
  for (const [i, entry] of schedule.entries()) {
    if (!isValid(i)) continue;
    const error = await usageError(scheduledJobs({ ...rest, schedule: [entry] }, now)[0]!.words);
    if (error !== undefined) problems.push({ path: `schedule.${i}.args`, message: error.message });
  }
  return problems;
}

function validView(path: string, { trainingRows, validationRows, warnings, notes, ...data }: CheckedData): View {
  const fields = [
    ["dataset", `${data.path}, ${data.rows} rows`],
    ["rows", `${trainingRows} for training, ${validationRows} for validation`],
    ...warnings.map((text) => ["warning", text] as const),
    ...notes.map((text) => ["note", text] as const),
  ] as const;
  return { title: `${path} is valid`, fields };
}

/** Strings without quotes where they cannot be mistaken for another type: f1, but "42" and "". */
function plainText(value: Setting["value"]): string {
  const isPlain =
    typeof value === "string" && /^[^\s"'\d[{-]\S*$/.test(value) && !["null", "true", "false"].includes(value);
  return isPlain ? value : JSON.stringify(value);
}

function trustView(
  hooks: readonly { key: string; action: string; trusted: boolean }[],
  path: string,
  place = "",
): View {
  if (hooks.length === 0) return { title: `${path} runs and calls nothing` };
  const count = hooks.filter(({ trusted }) => trusted).length;
  const rows = hooks.map(({ key, action, trusted }) => [key, action, trusted ? "trusted" : "not trusted"]);
  return {
    title: `${count} of ${hooks.length} trusted`,
    notes: [count > 0 && `remembered in ${place}, for shells with the same XDG_STATE_HOME`],
    next: count < hooks.length && "`mlctl config trust --yes` allows all of it",
    tables: [{ columns: ["setting", "what it does", "trust"], rows }],
  };
}

async function isConfirmed(hooks: readonly Hook[], { stdin, stderr, context }: Invocation): Promise<boolean> {
  const lines = hooks.map(({ key, action }) => `${key} ${action}`);
  if (stdin.isTTY !== true) return false;
  const asking = createInterface({ input: stdin, output: stderr });
  const question = `config.json would:\n${lines.map((line) => `  ${line}\n`).join("")}Allow this? [y/N] `;
  try {
    return /^y(es)?$/i.test((await asking.question(question, { signal: context.signal })).trim());
  } finally {
    asking.close();
  }
}
