/** `mlctl split`: divides a file into training and test rows. */
import { relative, resolve } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions, splitOptions } from "./globalOptions.ts";

export const split = defineCommand({
  name: "split",
  group: "Other",
  summary: "divide a file into training and test rows, the same ones for the same seed",
  details:
    "Reads CSV and JSON Lines, also as .gz, of any size; writes CSV in UTF-8, with the same values in the same order. Without --stratify, --group or --time, rows are chosen at random.",
  arguments: [{ name: "<file>", description: "the file to divide" }],
  options: {
    ...splitOptions,
    stratify: { flags: "--stratify <column>", description: "the same share of each value of this column" },
    group: {
      flags: "--group <column>",
      description: "all rows with the same value of this column in one file; --test-size is a share of these values",
    },
    time: { flags: "--time <column>", description: "the latest rows by this column are the test rows" },
    output: {
      flags: "-o, --output <folder>",
      description: "folder of train.csv and test.csv (default: current folder)",
    },
    force: { ...sharedOptions.force, description: "overwrite existing files" },
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
