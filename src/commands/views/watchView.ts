/** The result of a dropped file: as tab-separated fields, as a sentence. */
import { oneLine } from "../../automation/watch/dropNames.ts";
import type { DropResult } from "../../automation/watch/dropResult.ts";
import { counted, formatNumber } from "../../core/text/format.ts";

/** Status, file, rows, model version, drift share, monitoring status, and output or error. */
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

export function dropSentence(drop: DropResult): string {
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
