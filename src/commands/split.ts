/** `mlctl split`: divides a file into training and test rows. */
import { basename, join, relative, resolve } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions, splitOptions } from "./globalOptions.ts";

export const split = defineCommand({
  name: "split",
  group: "Other",
  summary: "divide a file into training and test rows, the same ones for the same seed",
  details:
    "Rows stay as they are, byte by byte, and in their order; the header is in both files. CSV and JSON Lines, also as .gz, of any size. Without --stratify, --group or --time, rows are chosen at random.",
  arguments: [{ name: "<file>", description: "the file to divide" }],
  options: {
    ...splitOptions,
    stratify: { flags: "--stratify <column>", description: "the same share of each value of this column" },
    group: { flags: "--group <column>", description: "all rows with the same value of this column in one file" },
    time: { flags: "--time <column>", description: "the latest rows by this column are the test rows" },
    output: {
      flags: "-o, --output <folder>",
      description: "folder of train.csv and test.csv (default: current folder)",
    },
    train: { flags: "--train <file>", description: "file for the training rows" },
    test: { flags: "--test <file>", description: "file for the test rows" },
    force: { ...sharedOptions.force, description: "overwrite existing files" },
  },
  examples: [
    ["mlctl split data.csv", "train.csv with four fifths of the rows, test.csv with the others"],
    ["mlctl split data.csv --stratify churn --test-size 0.3", "as many leavers in both files"],
    ["mlctl split sales.csv.gz --time date -o parts", "the latest fifth of the rows is parts/test.csv"],
    [
      "mlctl split visits.csv --group patient --train sourcedata/a.csv --test testdata/a.csv",
      "no patient in both files",
    ],
  ],
  async run({ args, options, global, context }) {
    const { testSize, seed, force, output = ".", train, test } = options;
    const asked = (["stratify", "group", "time"] as const).flatMap((method) => {
      const column = options[method];
      return column === undefined ? [] : [{ method, column }];
    });
    if (asked.length > 1)
      throw new MlctlError("usage", `--${asked[0]!.method} and --${asked[1]!.method} exclude each other`, {
        hint: "choose one of --stratify, --group and --time",
      });
    const at = (path: string): string => relative(process.cwd(), resolve(global.directory, path));
    const name = args[0]!;
    const ending = /\.(tsv|jsonl|ndjson)(\.gz)?$/i.exec(basename(name))?.[1] ?? "csv";
    const step = await import("../lifecycle/start/splitFile.ts");
    const result = await step.splitFile(
      {
        input: at(name),
        training: at(train ?? join(output, `train.${ending}`)),
        test: at(test ?? join(output, `test.${ending}`)),
        testSize,
        seed,
        by: asked[0],
        force,
      },
      context,
    );
    const { training, test: tested, method, column, notes } = result;
    const how = {
      random: `at random, seed ${seed}`,
      time: `the latest by ${column}`,
      group: `by groups of ${column}, seed ${seed}`,
      stratify: `stratified by ${column}, seed ${seed}`,
    }[method];
    return {
      result,
      view: {
        title: `split ${name}: ${tested.rows} of ${training.rows + tested.rows} rows to test (${how})`,
        tables: [
          {
            columns: ["part", "rows", { header: "file", overflow: "whole" }],
            rows: [
              ["training", training.rows, training.path],
              ["test", tested.rows, tested.path],
            ],
          },
        ],
        notes,
      },
    };
  },
}) satisfies Command;
