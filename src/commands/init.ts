/** `mlctl init` and `split`: a workspace, and a file divided into training and test rows. */
import { relative, resolve } from "node:path";
import { configTemplate, templates } from "../config/configTemplate.ts";
import { MlctlError } from "../core/errors.ts";
import type { View } from "../core/view.ts";
import type { InitResult } from "../lifecycle/init.ts";
import { defineCommand, sharedOptions, splitOptions, type Command } from "./command.ts";

export const init = defineCommand({
  name: "init",
  summary: "create a workspace: a commented config.json, from your file or with sample data",
  arguments: [["[dir]", "folder, created if missing (default: current folder)"]],
  options: {
    template: [
      "--template <name>",
      "template to start from; --list describes them",
      { choices: templates, default: "attrition" },
    ],
    list: ["--list", "list the templates and write nothing"],
    from: ["--from <file>", "your data: writes its config.json, training rows and test rows"],
    target: ["--target <column>", "with --from: the column to predict; without, lists the columns"],
    testSize: ["--test-size <share>", "with --from: share of test rows", splitOptions.testSize[2]],
    seed: ["--seed <number>", "seed of the sample data, or of the test rows", splitOptions.seed[2]],
    encoding: ["--encoding <name>", `with --from: ${splitOptions.encoding[1]}`],
    force: ["-f, --force", "overwrite existing files"],
    dryRun: sharedOptions.dryRun,
  },
  details:
    "With --from, it looks at a file as `mlctl ingest` and `mlctl train` do, and writes what it found with the reason: task, ids, columns that are no features, time column, missing values. The latest rows test if the rows are in time order, or are regular series in any order, else rows at random, with the same share of each class.",
  examples: [
    ["mlctl init demo && cd demo && mlctl fullprocess", "from an empty folder to a report"],
    ["mlctl init --from data.csv --target churn", "a config.json and test rows for your own file"],
    ["mlctl init --list", "the templates"],
    ["mlctl init forecast --template crs", "a forecast by date, with sample data"],
  ],
  async run({ args, options: { list, from, target, testSize, encoding, ...options }, global, context }) {
    if (list) return listOutcome();
    const directory = resolve(global.directory, args[0] ?? ".");
    const folder = relative(process.cwd(), directory);
    if (from !== undefined) {
      const { initFrom } = await import("../lifecycle/start/initFrom.ts");
      const file = { from: resolve(global.directory, from), target, testSize, encoding };
      const started = await initFrom({ ...options, ...file, directory }, context);
      return { result: started, view: initView(started, folder) };
    }
    const [flag, what] = target === undefined ? ["--encoding", "that"] : ["--target", "a column"];
    if (target !== undefined || encoding !== undefined)
      throw new MlctlError("usage", `${flag} is ${what} of a file`, { hint: "add --from FILE" });
    const step = await import("../lifecycle/init.ts");
    const { knownNames } = await import("../lifecycle/knownNames.ts");
    const result = await step.init({ ...options, directory, known: knownNames() }, context);
    return { result, view: initView(result, folder) };
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
function initView(
  { template, dryRun, files, notes }: Partial<Pick<InitResult, "template">> & Omit<InitResult, "template">,
  folder: string,
): View {
  const enter = folder === "" ? "" : `cd ${folder} && `;
  const start =
    template === "blank" ? "set the target in config.json, add files to sourcedata and testdata, then run " : "";
  const tryNext = template === undefined ? [] : configTemplate(template).tryNext;
  const later = tryNext.map(([command, why]) => `afterwards, try \`${command}\`: ${why}`);
  return {
    title: `${dryRun ? "would write" : "wrote"} ${files.length} files to ${folder === "" ? "the current folder" : folder}`,
    tables: [{ columns: ["file"], rows: files.map((file) => [file]) }],
    notes: dryRun ? notes : [...notes, ...later],
    next: !dryRun && `${start}\`${enter}mlctl fullprocess\``,
  };
}

export const split = defineCommand({
  name: "split",
  summary: "divide a file into training and test rows, the same ones for the same seed",
  details:
    "Reads CSV and JSON Lines, also as .gz, of any size, and JSON and Parquet as `mlctl ingest` reads them; writes CSV in UTF-8, with the same values in the same order. Without --stratify, --group or --time, rows are chosen at random.",
  arguments: [["<file>", "the file to divide"]],
  options: {
    ...splitOptions,
    stratify: ["--stratify <column>", "the same share of each value of this column"],
    group: [
      "--group <column>",
      "all rows with the same value of this column in one file; --test-size is a share of these values",
    ],
    time: ["--time <column>", "the latest rows by this column are the test rows"],
    output: ["-o, --output <folder>", "folder of train.csv and test.csv (default: current folder)"],
    force: ["-f, --force", "overwrite existing files"],
  },
  examples: [
    ["mlctl split data.csv", "four fifths are train.csv, one is test.csv"],
    ["mlctl split data.csv --stratify churn --test-size 0.3", "as many leavers in both files"],
    ["mlctl split sales.csv.gz --time date -o parts", "the latest fifth of the rows is parts/test.csv"],
    ["mlctl split visits.csv --group patient", "no patient in both files"],
  ],
  async run({ args, options: { output = ".", ...options }, global, context }) {
    const [by, other] = (["stratify", "group", "time"] as const).flatMap((method) => {
      const column = options[method];
      return column === undefined ? [] : [{ method, column }];
    });
    if (other !== undefined)
      throw new MlctlError("usage", `--${by!.method} and --${other.method} exclude each other`, {
        hint: "choose one of --stratify, --group and --time",
      });
    const at = (path: string): string => relative(process.cwd(), resolve(global.directory, path));
    const step = await import("../lifecycle/start/splitFile.ts");
    const result = await step.splitFile({ ...options, by, input: at(args[0]!), output: at(output) }, context);
    const { training, test, notes } = result;
    const rows = [training, test].map((part) => [part.path, part.rows]);
    const how = by === undefined ? "at random" : `by ${by.column}`;
    const title = `split ${args[0]!} ${how}: ${test.rows} of ${training.rows + test.rows} rows to test`;
    const columns = [{ header: "file", overflow: "whole" } as const, "rows"];
    return { result, view: { title, tables: [{ columns, rows }], notes } };
  },
}) satisfies Command;
