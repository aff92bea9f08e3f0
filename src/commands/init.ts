/** `mlctl init`: creates a workspace. */
import { relative, resolve } from "node:path";
import { configTemplate, templates } from "../config/configTemplate.ts";
import type { View } from "../core/view.ts";
import type { InitResult } from "../lifecycle/init.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";

export const init = defineCommand({
  name: "init",
  group: "Other",
  summary: "create a workspace: a commented config.json, with sample data",
  arguments: [{ name: "[dir]", description: "folder, created if missing (default: current folder)" }],
  options: {
    template: {
      flags: "--template <name>",
      description: "template to start from; --list describes them",
      choices: templates,
      default: "attrition",
    },
    list: { flags: "--list", type: "boolean", description: "list the templates and write nothing" },
    seed: { flags: "--seed <number>", type: "integer", description: "seed of the sample data", default: 42 },
    force: { ...sharedOptions.force, description: "overwrite existing files" },
    dryRun: sharedOptions.dryRun,
  },
  examples: [
    ["mlctl init demo && cd demo && mlctl fullprocess", "from an empty folder to a report"],
    ["mlctl init --list", "the templates"],
    ["mlctl init forecast --template crs", "a forecast by date, with sample data"],
    ["mlctl init --template blank", "a config.json for your own files"],
  ],
  async run({ args, options: { list, ...options }, global, context }) {
    if (list) return listOutcome();
    const [step, { knownNames }] = await Promise.all([
      import("../lifecycle/init.ts"),
      import("../lifecycle/knownNames.ts"),
    ]);
    const directory = resolve(global.directory, args[0] ?? ".");
    const result = await step.init({ ...options, directory, known: knownNames() }, context);
    return { result, view: initView(result, relative(process.cwd(), directory)) };
  },
}) satisfies Command;

function listOutcome(): { result: object; view: View } {
  const shown = templates.map((name) => ({ name, shows: configTemplate(name).shows }));
  const rows = shown.map(({ name, shows }) => [name, shows]);
  const view: View = {
    title: `${templates.length} templates, each with a commented config.json`,
    tables: [{ columns: ["template", "shows"], rows }],
    next: "`mlctl init demo --template crs`",
  };
  return { result: { templates: shown }, view };
}

/** @param folder as the user would type it; empty for the current folder */
function initView({ template, dryRun, files, notes }: InitResult, folder: string): View {
  const enter = folder === "" ? "" : `cd ${folder} && `;
  const start =
    template === "blank" ? "set the target in config.json, add files to sourcedata and testdata, then run " : "";
  const { tryNext } = configTemplate(template);
  const later = tryNext.map(([command, why]) => `afterwards, try \`${command}\`: ${why}`);
  return {
    title: `${dryRun ? "would write" : "wrote"} ${files.length} files to ${folder === "" ? "the current folder" : folder}`,
    tables: [{ columns: ["file"], rows: files.map((file) => [file]) }],
    notes: dryRun ? notes : [...notes, ...later],
    ...(dryRun ? {} : { next: `${start}\`${enter}mlctl fullprocess\`` }),
  };
}
