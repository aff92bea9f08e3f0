/** Lists and shows recorded monitoring results. */
import { MlctlError } from "../../core/errors.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { suggest } from "../../core/text/suggest.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import type { MonitorResult } from "./monitor.ts";
import { recordResult, summaryOf, type WindowSummary } from "./monitorRecord.ts";
import type { Session } from "../session.ts";

/** Newest window first. @param options.model REF; only results of that model */
export function monitorHistory(
  { store }: Session,
  { model, limit }: { readonly model?: string | undefined; readonly limit?: number | undefined },
): { windows: WindowSummary[] } {
  const runId = model === undefined ? undefined : resolveRun(store, model).runId;
  return { windows: store.monitorings({ runId, limit }).map(summaryOf) };
}

/** @param reference an id, a unique prefix of one, or "latest" @throws {MlctlError} kind "usage" if none or several match */
export function monitorEntry({ store }: Session, reference: string): MonitorResult {
  const all = store.monitorings();
  const [newest] = all;
  if (newest === undefined)
    throw new MlctlError("notReady", "there are no monitoring results yet", { hint: "run `mlctl monitor`" });
  if (reference === "latest") return resultOf(newest);
  const found = all.filter(({ monitorId }) => monitorId.startsWith(reference));
  if (found.length === 1 && reference !== "") return resultOf(found[0]!);
  const ids = all.map(({ monitorId }) => monitorId);
  const near = suggest(reference, ids);
  const what =
    found.length > 1 ? `${found.length} entries start with "${reference}"` : `there is no entry ${reference}`;
  throw new MlctlError("usage", what, {
    hint:
      near === undefined || found.length > 1 ? "run `mlctl monitor --history` to list them" : `did you mean ${near}?`,
  });
}

function resultOf(record: MonitorRecord): MonitorResult {
  return { ...recordResult(record), windows: [summaryOf(record)], alerts: [], dryRun: false };
}
