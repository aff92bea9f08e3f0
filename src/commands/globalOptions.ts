/** Flags that every command takes, and flags that several commands share. */
import type { OptionSpec } from "./command.ts";

export const globalOptions = {
  config: { flags: "-c, --config <file>", description: "configuration file (default: config.json; MLCTL_CONFIG)" },
  directory: {
    flags: "-C, --directory <dir>",
    description: "workspace folder (default: current folder; MLCTL_DIRECTORY)",
  },
  json: { flags: "--json", description: "print the result as one JSON document" },
  quiet: { flags: "-q, --quiet", description: "print only results, warnings and errors" },
  verbose: { flags: "-v, --verbose", description: "print more, such as a line for every stage" },
  debug: { flags: "--debug", description: "print the stack trace of errors (MLCTL_DEBUG)" },
  trust: { flags: "--trust", description: "allow what config.json runs and calls, for this call (MLCTL_TRUST)" },
  color: { flags: "--no-color", description: "print without colours (NO_COLOR)" },
} as const satisfies Record<string, OptionSpec>;

export const listingOptions = {
  csv: { flags: "--csv", description: "print the list as CSV" },
  csvSafe: {
    flags: "--csv-safe",
    description: "print the list as CSV without cells that a spreadsheet would run as formulas",
  },
  md: { flags: "--md", description: "print the list as a Markdown table" },
} as const satisfies Record<string, OptionSpec>;

/** Spread into the options of the commands that take them, so that a flag means the same everywhere. */
export const sharedOptions = {
  seed: { flags: "--seed <number>", type: "integer", setting: "train.seed", description: "random seed" },
  output: { flags: "-o, --output <file>", description: "output file; - is stdout" },
  force: { flags: "-f, --force", description: "skip the safety checks that would stop this command" },
  dryRun: { flags: "--dry-run", description: "show what would be done and change nothing" },
  message: { flags: "-m, --message <text>", description: "why, for the record of the deployment" },
  inputFormat: {
    flags: "--input-format <name>",
    description: "format of the input (default: by the file name; csv for stdin)",
    choices: ["csv", "jsonl"],
  },
  wait: {
    flags: "--wait <time>",
    type: "duration",
    description: "maximum time to wait for another mlctl to finish, e.g. 10m",
  },
} as const satisfies Record<string, OptionSpec>;

/** Of commands that divide a file into training and test rows. */
export const splitOptions = {
  testSize: { flags: "--test-size <share>", type: "number", description: "share of test rows", default: 0.2 },
  seed: { flags: "--seed <number>", type: "integer", description: "random seed", default: 42 },
} as const satisfies Record<string, OptionSpec>;
