/** `mlctl watch`: predicts and monitors files that are dropped into a folder or bucket. */
import type { DropResult } from "../automation/watch/dropResult.ts";
import { withValues } from "../config/unsetValues.ts";
import { MlctlError } from "../core/errors.ts";
import { counted, formatNumber, listed, oneLine } from "../core/text/format.ts";
import { toJson } from "../core/text/toJson.ts";
import { defineCommand, areasOf, FAIL_ON, sharedOptions, type Command, type Invocation } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

const WAIT_MS = 600_000;

export const watch = defineCommand({
  name: "watch",
  summary: "predict files as they are dropped, each with drift, metrics and a log",
  details:
    "In `watch.folder` of config.json, a file in input moves to processing, then to processed, next to its <file>_predictions_<model>_v<N>.csv, or to errored; logs/<file>.log has the reason. Labels are optional. Nothing is overwritten and links are not followed. If the watcher is killed, the next one continues, and each file has exactly one result. Several watchers may share a folder. Each file is predicted by the model deployed at that time and compared with the reference; results are kept in `mlctl monitor --history` and sent to the `alerts` of config.json. Credentials, region and endpoint of a bucket come from the AWS_* variables.",
  arguments: [["[source]", "https://… or s3://bucket/prefix (default: watch.source)"]],
  options: {
    folder: [
      "--folder <path>",
      "folder that contains input, processing, processed and errored",
      { setting: "watch.folder" },
    ],
    once: ["--once", "exit when no file is left, for cron"],
    responseKey: ["--response-key <name>", "name of the prediction column", { setting: "watch.response_key" }],
    poll: ["--poll <time>", "how often to look for files, e.g. 5s", { setting: "watch.poll" }],
    settle: [
      "--settle <time>",
      "time a file must stay unchanged before it is read, e.g. 2s",
      { setting: "watch.settle" },
    ],
    failOn: ["--fail-on <areas>", `${FAIL_ON}; needs --once`],
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl watch", "until Ctrl-C; drop files into drops/input"],
    ["mlctl watch --once --fail-on drift,performance", "from cron: process the current files; see the exit code"],
    ["mlctl watch https://example.org/feed.json", "downloaded when it changes"],
    ["mlctl watch s3://bucket/data --response-key churn_prediction", "data/input, data/processed, … in a bucket"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const failOn = areasOf(options.failOn);
    if (failOn.length > 0 && !options.once) {
      throw new MlctlError("usage", "--fail-on needs --once: a watcher that keeps running has no exit code", {
        hint: "add --once, or configure `alerts` in config.json to be notified while it watches",
      });
    }
    const workspace = await openWorkspaceOf(invocation);
    const [source] = args;
    const { watch: start } = await import("../automation/watch/watch.ts");
    if (source === undefined) workspace.trust.require("watch.source");
    const settings = workspace.config.watch;
    const own = source === undefined ? settings : withValues(settings, { source });
    const config = withValues(workspace.config, { watch: own });
    const summary = await start(
      { ...workspace, config },
      {
        once: options.once,
        wait: options.wait ?? WAIT_MS,
        failOn,
        onResult: (result) => void report(result, invocation as Invocation),
        clock: () => performance.now(),
      },
    );
    const { processed, errored, rejected } = summary;
    const names = rejected.length === 0 ? "" : `: ${listed(rejected, 5, "; ")}`;
    const title = `${processed} processed, ${errored} errored${names}`;
    return { result: summary, view: { title }, streamed: true, exitCode: options.once ? summary.exitCode : 0 };
  },
}) satisfies Command;

/** Prints one line per file as soon as it is done, so that readers of a pipe need not wait for the end. */
function report(result: DropResult, { stdout, global }: Invocation): void {
  const isPerson = "isTTY" in stdout && stdout.isTTY === true;
  // What a reader of the line looks for comes first.
  const { file, name, status, at, seconds, attempts, runId, modelVersion, ...rest } = result;
  const line = global.json
    ? JSON.stringify(toJson({ file, name, status, at, seconds, attempts, runId, modelVersion, ...rest }))
    : isPerson
      ? dropSentence(result)
      : dropFields(result).join("\t");
  stdout.write(`${line}\n`);
}

export function dropFields({ status, file, rows, modelVersion, monitoring, output, error }: DropResult): string[] {
  const numbers = [rows, modelVersion, monitoring?.driftShare ?? null].map((value) => String(value ?? ""));
  const outcome = error === null ? (output ?? "") : errorField(error);
  return [status, file, ...numbers, monitoring?.status ?? "", outcome].map(oneLine);
}

/** Details in the error field, which must fit one line; the log has all of them. */
const FIELD_DETAILS = 3;

function errorField({ message, details }: NonNullable<DropResult["error"]>): string {
  const more = details.filter((detail) => !message.includes(detail));
  if (more.length === 0) return message;
  const left = more.length - FIELD_DETAILS;
  const separator = more.length < details.length ? "; " : ": ";
  return `${message}${separator}${more.slice(0, FIELD_DETAILS).join("; ")}${left > 0 ? `; and ${left} more` : ""}`;
}

function dropSentence(drop: DropResult): string {
  const { file, name, status, rows, rejected, modelVersion, monitoring, output, error, log } = drop;
  const title = oneLine(name === file ? file : `${file} (as ${name})`);
  if (status === "errored") {
    const more = error!.details.map((detail) => `\n  ${oneLine(detail)}`).join("");
    return `errored    ${title}: ${oneLine(error!.message)}${more}\n  see ${oneLine(log)}`;
  }
  const model = modelVersion === null ? "" : ` by v${modelVersion}`;
  const rejects = rejected === 0 ? "" : `, ${rejected} rejected`;
  return `${status}  ${title}: ${counted(rows, "row")}${model}${rejects}${monitoringText(monitoring)} → ${oneLine(output ?? "")}`;
}

function monitoringText(monitoring: DropResult["monitoring"]): string {
  if (monitoring === null) return "";
  const { driftShare, drifted, metrics, labelled, findings } = monitoring;
  const drift = driftShare === null ? "" : `, drift ${formatNumber(driftShare)}${drifted ? " (drifted)" : ""}`;
  const scores = labelled === 0 ? [] : Object.entries(metrics).slice(0, 4);
  const values = scores.map(([metric, value]) => `, ${metric} ${formatNumber(value)}`).join("");
  const failed = findings.filter(({ status }) => status === "fail").length;
  return `${drift}${values}${failed === 0 ? "" : `, ${failed} failed`}`;
}
