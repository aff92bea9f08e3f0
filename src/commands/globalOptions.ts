/** The flags that every command takes, each with the same meaning everywhere, and those that several share. */
import type { OptionSpec } from "./command.ts";

export const globalOptions = {
  config: { flags: "-c, --config <file>", description: "the configuration (default: config.json; MLCTL_CONFIG)" },
  directory: { flags: "-C, --directory <dir>", description: "work there (default: here; MLCTL_DIRECTORY)" },
  json: { flags: "--json", description: "print the result as one JSON document" },
  quiet: { flags: "-q, --quiet", description: "no progress" },
  verbose: { flags: "-v, --verbose", description: "keep a line for every stage" },
  debug: { flags: "--debug", description: "print the stack of an error (MLCTL_DEBUG)" },
  color: { flags: "--no-color", description: "no colours (NO_COLOR)" },
} as const satisfies Record<string, OptionSpec>;

/** Shared by commands, so that one flag means one thing: spread the ones a command takes into its options. */
export const sharedOptions = {
  seed: {
    flags: "--seed <number>",
    type: "integer",
    setting: "train.seed",
    description: "seed of every random choice",
  },
  output: { flags: "-o, --output <file>", description: "write there; - is stdout" },
  force: { flags: "-f, --force", type: "boolean", description: "go on where mlctl would refuse" },
  dryRun: { flags: "--dry-run", type: "boolean", description: "say what would be done and change nothing" },
  wait: { flags: "--wait <time>", type: "duration", description: "wait so long for another mlctl, e.g. 10m" },
  yes: { flags: "-y, --yes", type: "boolean", description: "do not ask" },
} as const satisfies Record<string, OptionSpec>;
