/** `mlctl predict`: adds predictions to a stream of rows. */
import { extname, relative } from "node:path";
import type { View } from "../core/view.ts";
import { MlctlError } from "../core/errors.ts";
import type { PredictResult } from "../lifecycle/predict/predict.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

export const predict = defineCommand({
  name: "predict",
  group: "Predict",
  summary: "read rows and write them with their predictions, as a stream",
  details:
    "Reads CSV or JSON lines, adds `prediction` and, for classification, `probability` (of the positive class; with more than two classes, of the predicted one), and keeps every other column unchanged. Applies the expressions of `ingest.select` to each row, but not `ingest.where` or dedupe, so no row is dropped. Memory use does not depend on the number of rows.",
  arguments: [{ name: "[file]", description: "CSV or JSON lines, also .gz; - is stdin (default: -)" }],
  options: {
    model: {
      flags: "--model <ref>",
      description: "run id, v3, @champion, latest or a path (default: the deployed model)",
    },
    format: {
      flags: "--format <name>",
      description: "format of the output (default: as the input; jsonl with --json on stdout)",
      choices: ["csv", "jsonl"],
    },
    inputFormat: {
      flags: "--input-format <name>",
      description: "format of the input (default: by the file name; csv for stdin)",
      choices: ["csv", "jsonl"],
    },
    output: sharedOptions.output,
    guard: {
      flags: "--guard",
      type: "boolean",
      description:
        "leave out rows that cannot be read, or have unseen categories or numbers outside the training range",
    },
    log: {
      flags: "--log",
      type: "boolean",
      description: "record every prediction in the prediction log, and add its prediction_id to the row",
    },
    csvSafe: {
      flags: "--csv-safe",
      type: "boolean",
      description: "in CSV, put an apostrophe before cells that a spreadsheet would run as formulas",
    },
    rejectFile: {
      flags: "--reject-file <file>",
      description: "write the rejected rows here, with line and reason (needs --guard)",
    },
  },
  examples: [
    ["mlctl predict new.csv -o predictions.csv", "a file"],
    ["cat rows.csv | mlctl predict - | head", "a pipe"],
    [
      "psql -c 'COPY …' | mlctl predict - --guard --reject-file bad.csv > good.csv",
      "good rows and rejected rows apart",
    ],
    ["mlctl predict new.csv --log -o predictions.csv", "also logged, for `mlctl labels` and `mlctl lineage`"],
    ["mlctl predict rows.jsonl --format csv --model v3", "another format, another model"],
  ],
  async run(invocation) {
    const { options, args, stdin, stdout, context } = invocation;
    const input = args[0] ?? "-";
    if (options.rejectFile !== undefined && !options.guard) {
      throw new MlctlError("usage", "--reject-file needs --guard", { hint: "add --guard" });
    }
    requireTextFile(options.output, options.format);
    if (input === "-" && stdin.isTTY === true) {
      context.emit({ type: "warning", stage: "predict", message: "reading rows from the terminal: end with Ctrl-D" });
    }
    const { model, inputFormat, guard, rejectFile, log, csvSafe, output = "-" } = options;
    const request = {
      input,
      stdin,
      output,
      stdout,
      model,
      format: options.format ?? (invocation.global.json && output === "-" ? "jsonl" : undefined),
      inputFormat,
      guard,
      rejectFile,
      log,
      csvSafe,
    };
    const step = await import("../lifecycle/predict/predict.ts");
    const result = await inWorkspace(invocation, "read", (session) => step.predict(session, request));
    return { result, view: predictView(result), streamed: request.output === "-" };
  },
}) satisfies Command;

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

export function predictView({ rows, rejected, output, rejectFile, runId, modelSha256 }: PredictResult): View {
  const by = runId === null ? `model ${modelSha256.slice(0, 12)}` : `run ${runId}`;
  const rejects =
    rejected === 0
      ? ""
      : `, ${rejected} rejected${rejectFile === null ? "" : ` (see ${relative(process.cwd(), rejectFile)})`}`;
  return {
    title: `predicted ${rows} ${rows === 1 ? "row" : "rows"} with ${by}${output === "-" ? "" : `, written to ${output}`}${rejects}`,
  };
}
