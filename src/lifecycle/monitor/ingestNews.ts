/** What alerts say about input files: each that was rejected, until it is read or removed. */
import { existsSync } from "node:fs";
import { newsOfJob, type AlertNews } from "../../core/records/alert.ts";
import { atLine } from "../../core/text/format.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import { rejectedFiles } from "../ingest/planIngest.ts";
import { reading } from "../session.ts";
import type { Workspace } from "../workspace.ts";
import { openAlerts } from "./savedAlerts.ts";
import type { RejectedInput } from "../../data/files/stageFiles.ts";

/**
 * Of the files of the newest dataset. Empty without channels, or without a dataset. Call it without the workspace lock,
 * for `sendAlerts`.
 */
export async function ingestNews(workspace: Workspace): Promise<AlertNews[]> {
  const { config, context, paths } = workspace;
  if (config.alerts.length === 0) return [];
  const dataset = await reading(workspace, ({ store }) => store.latestDataset(config.input_folder_path));
  if (dataset === undefined) return [];
  const of = { source: "ingest", createdAt: context.now().toISOString() };
  const read = newsOfJob({ ...of, name: "ingest" }, { isFine: true, message: "" });
  const rejected = rejectedFiles(paths.workspace, dataset).flatMap((file) => newsOfFile(of, file.path, file).findings);
  return [{ ...read, findings: [...read.findings, ...rejected] }];
}

/** By path: why the file was rejected, or null. */
export type CheckedFiles = Map<string, RejectedInput | null>;

function newsOfFile(
  of: Pick<AlertNews, "source" | "createdAt">,
  name: string,
  rejected: Pick<RejectedInput, "line" | "reason"> | null,
): AlertNews {
  const message = rejected === null ? "is no longer rejected" : atLine("was rejected", rejected.line, rejected.reason);
  return newsOfJob({ ...of, name }, { isFine: rejected === null, message, cause: message });
}

/**
 * Of the files that `mlctl monitor` was given. One that is fine is news only if it was rejected before.
 */
export async function monitoredNews(workspace: Workspace, files: CheckedFiles): Promise<AlertNews[]> {
  const { config, context, paths } = workspace;
  if (config.alerts.length === 0) return [];
  const of = { source: "monitor", createdAt: context.now().toISOString() };
  const isOver = (path: string): boolean =>
    files.get(path) === null || !existsSync(fromRecordPath(paths.workspace, path));
  const { alerts } = await openAlerts(workspace);
  const over = alerts.filter(({ source, name }) => source === of.source && isOver(name));
  const rejected = [...files].flatMap(([name, why]) => (why === null ? [] : [newsOfFile(of, name, why)]));
  return [...over.map(({ name }) => newsOfFile(of, name, null)), ...rejected];
}
