/** What alerts say about input files: each that the newest dataset rejected, until it is read or taken away. */
import { newsOfJob, type AlertNews } from "../../core/records/alert.ts";
import { atLine } from "../../core/text/format.ts";
import { rejectedFiles } from "../ingest/planIngest.ts";
import { reading } from "../session.ts";
import type { Workspace } from "../workspace.ts";

/** Empty without channels, or without a dataset. Call it without the workspace lock, for `sendAlerts`. */
export async function ingestNews(workspace: Workspace): Promise<AlertNews[]> {
  const { config, context, paths } = workspace;
  if (config.alerts.length === 0) return [];
  const dataset = await reading(workspace, ({ store }) => store.latestDataset(config.input_folder_path));
  if (dataset === undefined) return [];
  const of = { source: "ingest", createdAt: context.now().toISOString() };
  const read = newsOfJob({ ...of, name: "ingest" }, { isFine: true, message: "" });
  const rejected = rejectedFiles(paths.workspace, dataset).flatMap(({ path, line, reason }) => {
    const message = atLine("was rejected", line, reason);
    return newsOfJob({ ...of, name: path }, { isFine: false, message, cause: message }).findings;
  });
  return [{ ...read, findings: [...read.findings, ...rejected] }];
}
