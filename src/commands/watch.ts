/** `mlctl watch`: files that are dropped into a folder, answered, judged and put away. */
import type { DropResult } from "../automation/watch/dropResult.ts";
import { MlctlError } from "../core/errors.ts";
import type { MonitorArea } from "../core/records/monitoring.ts";
import { areasOf } from "./areasOf.ts";
import { defineCommand, type Command, type Invocation } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";
import { dropDocument, dropFields, dropSentence } from "./watchView.ts";

/** What another writer of the workspace may take before a file is tried again. */
const WAIT_MS = 600_000;

export const watch = defineCommand({
  name: "watch",
  group: "Watch",
  summary: "answer files as they are dropped: input to processed or errored, with drift, scores and a log each",
  details:
    "Below `watch.folder` of config.json: a file in input moves to processing, then to processed, with <file>_predictions_<model>_v<N>.csv beside it, or to errored; logs/<file>.log says why. Labels are welcome and not needed. Nothing is overwritten, links are not followed, and a watcher that is killed loses no file: the next one goes on, each file has one result. Several may watch one folder. Every file is answered by the model that is deployed then, held against the reference and kept in `mlctl monitor --history`; `alerts` of config.json are told. Credentials, region and endpoint of a bucket come from the AWS_* variables.",
  arguments: [{ name: "[source]", description: "https://… or s3://bucket/prefix (default: watch.source)" }],
  options: {
    folder: { flags: "--folder <path>", setting: "watch.folder", description: "holds input, processing, processed, …" },
    once: { flags: "--once", type: "boolean", description: "end when nothing is left: for cron" },
    responseKey: {
      flags: "--response-key <name>",
      setting: "watch.response_key",
      description: "the column of answers",
    },
    poll: { flags: "--poll <time>", setting: "watch.poll", description: "how often to look, e.g. 5s" },
    settle: {
      flags: "--settle <time>",
      setting: "watch.settle",
      description: "how long a file must not change before it is taken, e.g. 2s",
    },
    failOn: {
      flags: "--fail-on <areas>",
      description: "exit 11 for drift, 12 for quality, 13 for performance; 14 if nobody can tell; needs --once",
    },
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl watch", "until Ctrl-C; drop files into drops/input"],
    ["mlctl watch --once --fail-on drift,performance", "from cron: what is there now; the exit code tells"],
    ["mlctl watch https://example.org/feed.json", "fetched when it changes"],
    ["mlctl watch s3://bucket/data --response-key churn_prediction", "data/input, data/processed, … of a bucket"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const failOn: readonly MonitorArea[] = areasOf(options.failOn);
    if (failOn.length > 0 && !options.once) {
      throw new MlctlError("usage", "--fail-on without --once: a watcher that goes on has no exit code", {
        hint: "add --once; `alerts` of config.json tell of drift while it watches",
      });
    }
    const workspace = await openWorkspaceOf(invocation);
    const [source] = args;
    const config =
      source === undefined ? workspace.config : { ...workspace.config, watch: { ...workspace.config.watch, source } };
    const { watch: start } = await import("../automation/watch/watch.ts");
    const summary = await start(
      { ...workspace, config },
      {
        once: options.once,
        wait: options.wait ?? WAIT_MS,
        failOn,
        onResult: (result) => void tell(result, invocation as Invocation),
        clock: () => performance.now(),
      },
    );
    const { processed, errored } = summary;
    const title = `${processed} processed, ${errored} errored`;
    return { result: summary, view: { title }, streamed: true, exitCode: options.once ? summary.exitCode : 0 };
  },
}) satisfies Command;

/** A line for each file, at once: whoever reads the pipe need not wait for the end. */
function tell(result: DropResult, { stdout, global }: Invocation): void {
  const isPerson = "isTTY" in stdout && stdout.isTTY === true;
  const line = global.json
    ? JSON.stringify(dropDocument(result))
    : isPerson
      ? dropSentence(result)
      : dropFields(result).join("\t");
  stdout.write(`${line}\n`);
}
