/** `mlctl config show | validate | schema`: the effective settings, the errors in config.json, and its JSON Schema. */
import type { Setting } from "../config/describeSettings.ts";
import type { ConfigProblem } from "../config/schema/schema.ts";
import type { LoadedConfig } from "../config/loadConfig.ts";
import type { View } from "../core/view.ts";
import type { CheckedData } from "../lifecycle/train/inspectData.ts";
import { defineCommand, type Command, type Invocation } from "./command.ts";
import { openConfig } from "./openWorkspaceOf.ts";

const show = defineCommand({
  name: "show",
  group: "Other",
  alsoCalled: ["list", "get", "print"],
  summary: "print every setting with its value and where it comes from",
  details:
    "Flags override MLCTL_* variables, which override config.json, which overrides the defaults. Secrets are not printed: a value that names a variable is shown as ${NAME}, with whether the variable is set.",
  arguments: [{ name: "[keys...]", description: "only these keys and the keys below them, e.g. train" }],
  listing: true,
  examples: [
    ["mlctl config show", "all settings"],
    ["mlctl config show train promotion", "two sections"],
    ["MLCTL_TRAIN_SEED=7 mlctl config show train.seed", "a variable overrides the file"],
    ["mlctl config show --json | jq .config.train", "the whole configuration as JSON"],
  ],
  async run(invocation) {
    const loaded = await openConfig(invocation);
    const [{ describeSettings }, { unknownKey }] = await Promise.all([
      import("../config/describeSettings.ts"),
      import("../config/problems/unknownKey.ts"),
    ]);
    const all = describeSettings(loaded);
    for (const key of invocation.args) if (!all.some((setting) => isUnder(setting, key))) throw unknownKey(key, all);
    const keys = invocation.args.length === 0 ? [""] : invocation.args;
    const settings = all.filter((setting) => keys.some((key) => isUnder(setting, key)));
    const { path, recordable: config } = loaded;
    return { result: { path, config, settings }, view: settingsView(settings) };
  },
}) satisfies Command;

const validate = defineCommand({
  name: "validate",
  group: "Other",
  summary: "check config.json and print all errors at once",
  alsoCalled: ["check", "test", "lint", "verify"],
  details:
    "A variable that is named as ${NAME} and is not set is a warning: only the commands that need its value fail. With --data, runs every check that `mlctl train` makes before fitting, on the newest dataset: target, history for lag features, split, folds, and leakage (duplicates across the split, columns that reveal the target or the future). Nothing is written.",
  options: { data: { flags: "--data", description: "also check it against the newest dataset" } },
  examples: [
    ["mlctl config validate", "exit 0 if it is valid, else 2"],
    ["mlctl config validate --data", "find leakage and missing history before an hour of training"],
    ["mlctl config validate -c other.json", "another file"],
  ],
  async run(invocation) {
    const loaded = await openConfig(invocation, (config) => scheduleProblemsOf(config, invocation));
    const { path, unset } = loaded;
    const warnings = [...loaded.warnings, ...unset];
    if (!invocation.options.data) {
      const view = { title: `${path} is valid`, notes: unset };
      return { result: { path, valid: true, warnings, data: null }, view };
    }
    const [{ openWorkspace }, { reading }, { checkConfig }] = await Promise.all([
      import("../lifecycle/workspace.ts"),
      import("../lifecycle/session.ts"),
      import("../lifecycle/train/inspectData.ts"),
    ]);
    const data = await reading(openWorkspace(loaded, invocation.context), checkConfig);
    return { result: { path, valid: true, warnings, data }, view: { ...validView(path, data), notes: unset } };
  },
}) satisfies Command;

const schema = defineCommand({
  name: "schema",
  group: "Other",
  summary: "print the JSON Schema of config.json, for editors and as a reference",
  examples: [
    ["mlctl config schema > config.schema.json", 'the file that "$schema" in config.json refers to'],
    ["mlctl config schema | jq .properties.train", "one section"],
  ],
  async run() {
    const [{ configJsonSchema }, { knownNames }] = await Promise.all([
      import("../config/schema/configJsonSchema.ts"),
      import("../lifecycle/knownNames.ts"),
    ]);
    return { text: `${JSON.stringify(configJsonSchema(knownNames()), null, 2)}\n` };
  },
}) satisfies Command;

export const config = defineCommand({
  name: "config",
  group: "Other",
  summary: "show the settings (show), check them (validate) or describe every key (schema)",
  subcommands: [show, validate, schema],
  examples: [
    ["mlctl config show", "every setting with its source"],
    ["mlctl config validate", "all errors at once"],
    ["mlctl config schema", "every key with its type and default"],
  ],
}) satisfies Command;

/** Problems of scheduled jobs that would otherwise show only in `schedule install`, or when the job runs. */
async function scheduleProblemsOf(
  { schedule, ...rest }: LoadedConfig["config"],
  { context, usageError }: Invocation,
): Promise<readonly ConfigProblem[]> {
  if (schedule.length === 0) return [];
  const { scheduleProblems, scheduledJobs } = await import("../automation/schedule/scheduledJobs.ts");
  const now = context.now();
  const problems = scheduleProblems({ ...rest, schedule }, now);
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

export function settingsView(settings: readonly Setting[]): View {
  const rows = settings.map(({ key, value, source }) => [key, plainText(value), source]);
  return { tables: [{ columns: ["setting", "value", "source"], rows }] };
}

function isUnder({ key }: Setting, prefix: string): boolean {
  return prefix === "" || key === prefix || key.startsWith(`${prefix}.`);
}

/** Strings without quotes where they cannot be mistaken for another type: f1, but "42" and "". */
function plainText(value: Setting["value"]): string {
  const isPlain =
    typeof value === "string" && /^[^\s"'\d[{-]\S*$/.test(value) && !["null", "true", "false"].includes(value);
  return isPlain ? value : JSON.stringify(value);
}
