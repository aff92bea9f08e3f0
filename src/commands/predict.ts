/** `mlctl predict`: adds predictions to a stream of rows. */
import { counted } from "../core/text/format.ts";
import { existsSync, statSync } from "node:fs";
import { extname, relative, resolve } from "node:path";
import { exitCodes, MlctlError } from "../core/errors.ts";
import { defineCommand, sharedOptions, type Command, type Invocation, type Options, type Outcome } from "./command.ts";
import { inWorkspace, warnOfTerminal } from "./openWorkspaceOf.ts";

const predictOptions = {
  model: ["--model <ref>", "run id, v3, @champion, latest or a path (default: the deployed model)"],
  format: [
    "--format <name>",
    "format of the output (default: as the input, CSV for JSON and Parquet; jsonl with --json on stdout)",
    { choices: ["csv", "jsonl"] },
  ],
  inputFormat: sharedOptions.inputFormat,
  output: sharedOptions.output,
  guard: [
    "--guard",
    "leave out rows that cannot be read, or have unseen categories or numbers outside the training range",
  ],
  log: ["--log", "record every prediction in the prediction log, and add its prediction_id to the row"],
  csvSafe: ["--csv-safe", "in CSV, put an apostrophe before cells that a spreadsheet would run as formulas"],
  horizon: [
    "--horizon <n>",
    "forecast the next n steps of each series after the newest dataset, instead of predicting rows",
    { type: "integer" },
  ],
  levels: ["--levels <shares>", "forecast: coverage of the intervals (default: 0.8,0.95)"],
  rows: ["--rows <file>", "forecast: the inputs of the next steps that their dates do not give, such as holidays"],
  plot: ["--plot <file>", "forecast: draw it, as .svg or .png"],
  rejectFile: [
    "--reject-file <file>",
    "write the rejected rows here, with line and reason; without --guard, only rows that cannot be read are rejected",
  ],
} as const satisfies Options;

export const predict = defineCommand({
  name: "predict",
  summary: "read rows and write them with their predictions, as a stream",
  details:
    "Adds `prediction` and, for classification, `probability` (of the positive class; with more than two classes, of the predicted one, and `probability_<class>` of each), and keeps every other column unchanged. Applies the expressions of `ingest.select` to each row, but not `ingest.where` or dedupe, so no row is dropped. Memory use does not depend on the number of rows; JSON and Parquet are read whole, and their rows are numbered from 1 in place of lines. With --horizon, it forecasts instead: it continues each series of the newest dataset at the step found in its times, each step fed by the predictions before it, with intervals from the errors of the same forecast at earlier times (a back-test on the rows after the training part); it warns if the last season repeated had smaller errors there. `forecast_step` marks its rows. For a folder or a prefix of a bucket, each file that `ingest.pattern` names becomes `NAME_predictions.csv` (JSON lines: `.jsonl`) below -o, and with --guard `NAME_rejected.csv`; other files that look like tables are reported. Files that were predicted before from the same bytes with the same model are left out; one that cannot be predicted is reported, and the others go on. In a shared workspace, `mlctl worker` does some of the files of a bucket.",
  arguments: [
    ["[file]", "CSV, JSON lines, JSON (also .gz) or Parquet, or a folder or s3://…; - is stdin (default: -)"],
  ],
  options: predictOptions,
  examples: [
    ["mlctl predict new.csv -o predictions.csv", "a file"],
    ["cat rows.csv | mlctl predict - | head", "a pipe"],
    [
      "psql -c 'COPY …' | mlctl predict - --guard --reject-file bad.csv > good.csv",
      "good rows and rejected rows apart",
    ],
    ["mlctl predict s3://bucket/in/ -o s3://bucket/out/", "each new file of a bucket, also folders"],
    ["mlctl predict new.csv --log -o predictions.csv", "also logged, for `mlctl labels` and `mlctl lineage`"],
    [
      "mlctl predict --horizon 14 --plot forecast.png -o forecast.csv",
      "the next 14 steps of each series, and a picture",
    ],
  ],
  async run(invocation) {
    const { options, args, stdin, stdout } = invocation;
    if (options.horizon !== undefined) return runForecast(invocation, options.horizon);
    const forecastOnly = (["levels", "rows", "plot"] as const).find((name) => options[name] !== undefined);
    if (forecastOnly !== undefined) {
      throw new MlctlError("usage", `--${forecastOnly} needs --horizon`, { hint: "mlctl predict --horizon 14" });
    }
    const input = args[0] ?? "-";
    const place = resolve(invocation.global.directory, input);
    if (input.startsWith("s3://") || (existsSync(place) && statSync(place).isDirectory()))
      return runFiles(invocation, input);
    requireTextFile(options.output, options.format);
    if (input === "-") warnOfTerminal(invocation, "predict");
    const { output = "-" } = options;
    const format = options.format ?? (invocation.global.json && output === "-" ? "jsonl" : undefined);
    const request = { ...options, input, stdin, output, stdout, format };
    const step = await import("../lifecycle/predict/predict.ts");
    const result = await inWorkspace(invocation, "read", (session) => step.predict(session, request));
    const { rows, rejected, runId, modelSha256 } = result;
    const by = runId === null ? `model ${modelSha256.slice(0, 12)}` : `run ${runId}`;
    const where = output === "-" ? "" : `, written to ${output}`;
    const see = result.rejectFile === null ? "" : ` (see ${relative(process.cwd(), result.rejectFile)})`;
    const rejects = rejected === 0 ? "" : `, ${rejected} rejected${see}`;
    const title = `predicted ${counted(rows, "row")} with ${by}${where}${rejects}`;
    return { result, view: { title }, streamed: output === "-" };
  },
}) satisfies Command;

async function runFiles(invocation: Invocation<typeof predictOptions>, input: string): Promise<Outcome> {
  const { options } = invocation;
  const { output, model, format, csvSafe, guard } = options;
  const other = (["rejectFile", "inputFormat", "log"] as const).find((name) => options[name]);
  if (other !== undefined) {
    const flag = predictOptions[other][0].split(" ")[0];
    const hint = "rejected rows get a file of their own with --guard; `mlctl watch` logs predictions of files";
    throw new MlctlError("usage", `${flag} goes with one file, and ${input} is many`, { hint });
  }
  if (output === undefined || output === "-")
    throw new MlctlError("usage", `where do the predictions of ${input} go?`, {
      hint: "-o names a folder or s3://bucket/prefix",
    });
  const { predictFiles } = await import("../lifecycle/predict/predictFiles.ts");
  const result = await inWorkspace(invocation, "read", (session) =>
    predictFiles(session, { input, output, model, format, csvSafe, guard }),
  );
  const { files, skipped, failed, rows, rejected, runId, modelSha256 } = result;
  const by = runId === null ? `model ${modelSha256.slice(0, 12)}` : `run ${runId}`;
  const parts = [
    `predicted ${counted(files.length, "file")} (${counted(rows, "row")}) with ${by}, written to ${result.output}`,
    ...(rejected === 0 ? [] : [`${counted(rejected, "row")} rejected`]),
    ...(skipped === 0 ? [] : [`${counted(skipped, "file")} predicted before`]),
    ...(failed.length === 0 ? [] : [`${counted(failed.length, "file")} failed`]),
  ];
  const view = { title: parts.join(", "), notes: result.notes };
  return { result, view, ...(failed.length > 0 && { exitCode: exitCodes[failed[0]!.kind] }) };
}

/** CSV in a file called x.xlsx would look damaged to the program that opens it. */
function requireTextFile(output: string | undefined, format: string | undefined): void {
  const ending = output === undefined ? "" : extname(output).toLowerCase();
  if (format !== undefined || !OTHER_FORMATS.test(ending)) return;
  throw new MlctlError("usage", `predict writes CSV or JSON lines, not ${ending}`, {
    hint: "give the output a name that ends in .csv or .jsonl, or set --format",
  });
}

const OTHER_FORMATS =
  /^\.(xlsx?|xlsm|ods|parquet|feather|arrow|avro|orc|gz|zip|bz2|xz|zst|html?|xml|ya?ml|db|sqlite|pdf)$/;

async function runForecast(invocation: Invocation<typeof predictOptions>, horizon: number): Promise<Outcome> {
  const { args, options, global, stdout } = invocation;
  const { model, guard, log, csvSafe, rows, plot, output = "-" } = options;
  const other =
    args[0] === undefined ? (["rejectFile", "inputFormat"] as const).find((name) => options[name]) : "a file";
  if (other !== undefined) {
    const flag = { rejectFile: "--reject-file", inputFormat: "--input-format", "a file": args[0]! }[other];
    throw new MlctlError("usage", `--horizon continues the newest dataset, so it does not take ${flag}`, {
      hint: "inputs of the next steps are given with --rows FILE",
    });
  }
  const levels = (options.levels ?? "0.8,0.95").split(",").map(Number);
  const isStream = output === "-";
  const format = options.format ?? (/\.(jsonl|ndjson)$/i.test(output) || (global.json && isStream) ? "jsonl" : "csv");
  const step = await import("../lifecycle/predict/forecast.ts");
  const request = { horizon, levels, rows, plot, guard, output, stdout, model, format, log, csvSafe };
  const result = await inWorkspace(invocation, "read", (session) => step.forecast(session, request));
  const { steps, series, from, to, backTests, againstNaive } = result;
  const of = series === 1 ? "" : ` of ${series} series`;
  const { comparison } = await import("../lifecycle/predict/againstNaive.ts");
  const errors = againstNaive === null ? "" : `: ${comparison(againstNaive)}`;
  const tested = backTests === 0 ? "" : `; intervals from ${backTests} back-tests${errors}`;
  const written = [...(isStream ? [] : [output]), ...(plot === undefined ? [] : [plot])];
  const files = written.length === 0 ? "" : `, written to ${written.join(" and ")}`;
  const title = `forecast ${horizon} steps${of} (${steps.join("; ")}), ${from} to ${to}${files}${tested}`;
  return { result, view: { title }, streamed: isStream };
}
