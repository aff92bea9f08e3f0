/** report: writes one self-contained page on a model, and one plot as PNG. */
import { statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import type { PlotSpec } from "../../plots/theme.ts";
import { confusionMatrixPlot } from "../../plots/confusionMatrix.ts";
import { predictedVsActualPlot } from "../../plots/predictedVsActual.ts";
import { drawInProcess, drawInThread, plotWorker, type Drawing } from "../../reporting/drawing.ts";
import { htmlReport, modelCard } from "../../reporting/htmlReport.ts";
import { markdownCard, markdownReport } from "../../reporting/markdownReport.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";
import { atomicWrite, ensureFolder } from "../../storage/files/atomicWrite.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { reportInput } from "./reportInput.ts";
import type { Session } from "../session.ts";
import type { Run } from "../../core/records/lineage.ts";

export type ReportFormat = "html" | "md";

export interface ReportOptions {
  /** REF of the model; defaults to "latest". */
  readonly model?: string | undefined;
  /** Defaults to the file extension of `output`, or else HTML. */
  readonly format?: ReportFormat | undefined;
  /** Path to use instead of report_<stamp> in the models folder; "-" returns the text and writes no file. */
  readonly output?: string | undefined;
  readonly card?: boolean | undefined;
  readonly drawing?: Drawing;
  /** Called once all plots are requested: if they are drawn in a thread, the caller can do other work. */
  readonly onDrawing?: () => void;
}

/** @param draws starts the thread at once: it loads the plot library while `work` prepares what is drawn */
export async function withPlotThread<T>(draws: boolean, work: (drawing: Drawing) => Promise<T>): Promise<T> {
  const plots = plotWorker();
  if (draws) plots.prepare();
  return work(drawInThread(plots)).finally(plots.close);
}

export async function report(session: Session, options: ReportOptions = {}) {
  const { paths, context } = session;
  const card = options.card ?? false;
  const format = options.format ?? formatOf(options.output);
  if (options.output !== undefined && options.output !== "-") requireFolder(dirname(resolve(options.output)));
  context.emit({ type: "stage", stage: "report", message: "creating the report" });
  const input = await reportInput(session, options.model ?? "latest");
  const drawing = options.drawing ?? drawInProcess;
  const picture = options.output === "-" || card ? null : pictureOf(input);
  const drawn = Promise.all([
    format === "md"
      ? (card ? markdownCard : markdownReport)(input)
      : card
        ? modelCard(input)
        : htmlReport(input, drawing.figure),
    picture === null ? null : drawing.picture(picture.spec),
  ]);
  options.onDrawing?.();
  const [text, png] = await drawn;
  const { runId, trainId } = input.run;
  if (options.output === "-") return { runId, path: null, plots: [], text };
  ensureFolder(paths.models);
  const usual = card ? join(paths.models, `card_${trainId}.${format}`) : reportPath(session, input.run, format);
  const path = options.output === undefined ? usual : resolve(options.output);
  const pictures = picture === null ? [] : [join(paths.models, `${picture.name}_${trainId}.png`)];
  for (const target of pictures) atomicWrite(target, png!);
  atomicWrite(path, text);
  return {
    runId,
    path: options.output ?? toRecordPath(paths.workspace, path),
    plots: pictures.map((file) => toRecordPath(paths.workspace, file)),
    text: null,
  };
}

/** A misspelt path must not make new folders. */
function requireFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new MlctlError("usage", `the folder ${folder} does not exist`, { hint: "create it, or correct -o" });
}

function formatOf(output: string | undefined): ReportFormat {
  const extension = output === undefined || output === "-" ? ".html" : extname(output);
  if (extension === ".md") return "md";
  if (extension === ".html" || extension === ".htm") return "html";
  throw new MlctlError("usage", `a report is an .html or .md file, not ${extension || "a file without extension"}`, {
    hint: "set the format with --format html or --format md",
  });
}

/** The main plot: confusion matrix, or predicted versus actual values; with the model, as it leaves the report. */
function pictureOf(input: ReportInput): { name: string; spec: PlotSpec } | null {
  const { name, spec } = mainPlot(input);
  if (spec === null) return null;
  const { text, subtitle } = spec.title;
  const { modelVersion, createdAt, runId } = input.run;
  const which = modelVersion === null ? runId : `v${modelVersion}`;
  const source = `${input.name} ${which}, ${createdAt.slice(0, 10)}`;
  return { name, spec: { ...spec, title: { text, subtitle: `${source}\n${subtitle}` } } };
}

function mainPlot({ run, signature, predictions }: ReportInput): { name: string; spec: PlotSpec | null } {
  const { name, classes } = signature.target;
  if (classes === undefined) {
    const spec = predictions === null ? null : predictedVsActualPlot({ target: name, ...predictions });
    return { name: "predictedvsactual", spec };
  }
  const matrix = run.score?.confusionMatrix;
  return { name: "confusionmatrix", spec: matrix ? confusionMatrixPlot({ classes, matrix }) : null };
}

export function reportPath({ paths }: Pick<Session, "paths">, { trainId }: Pick<Run, "trainId">, format = "html") {
  return join(paths.models, `report_${trainId}.${format}`);
}
