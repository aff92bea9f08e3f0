/** `mlctl init`: a workspace to start from. */
import { relative, resolve } from "node:path";
import { templates } from "../config/configTemplate.ts";
import type { View } from "../core/view.ts";
import type { InitResult } from "../lifecycle/init.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";

export const init = defineCommand({
  name: "init",
  group: "Other",
  summary: "write a workspace: a commented config.json, and sample data",
  arguments: [{ name: "[dir]", description: "where; made if it is missing (default: here)" }],
  options: {
    template: {
      flags: "--template <name>",
      description: "what to start from",
      choices: templates,
      default: "attrition",
    },
    seed: { flags: "--seed <number>", type: "integer", description: "seed of the sample data", default: 42 },
    force: { ...sharedOptions.force, description: "overwrite files that are there" },
    dryRun: sharedOptions.dryRun,
  },
  examples: [
    ["mlctl init demo && cd demo && mlctl fullprocess", "from nothing to a report"],
    ["mlctl init --template blank", "a config.json for files of your own"],
    ["mlctl init demo --dry-run", "list what would be written"],
  ],
  async run({ args, options, global, context }) {
    const [step, { knownNames }] = await Promise.all([
      import("../lifecycle/init.ts"),
      import("../lifecycle/knownNames.ts"),
    ]);
    const directory = resolve(global.directory, args[0] ?? ".");
    const result = await step.init({ ...options, directory, known: knownNames() }, context);
    return { result, view: initView(result, relative(process.cwd(), directory)) };
  },
}) satisfies Command;

/** @param folder as the person would type it; empty for here */
export function initView({ template, dryRun, files }: InitResult, folder: string): View {
  const enter = folder === "" ? "" : `cd ${folder} && `;
  const start =
    template === "blank" ? "set the target in config.json, add files to sourcedata and testdata, then " : "";
  return {
    title: `${dryRun ? "would write" : "wrote"} ${files.length} files to ${folder === "" ? "this folder" : folder}`,
    tables: [{ columns: ["file"], rows: files.map((file) => [file]) }],
    ...(dryRun ? {} : { next: `${start}\`${enter}mlctl fullprocess\`` }),
  };
}
