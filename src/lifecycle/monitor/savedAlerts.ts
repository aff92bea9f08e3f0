/** What `alerts list` and the pages show of the alert state, and mutes. */
import { MlctlError } from "../../core/errors.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { isOpen, muteOf, withMutes, type AlertState, type Mute } from "../../monitoring/alertState.ts";
import { nextTry, waitingFor } from "../../monitoring/alertMessage.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { changeAlertState, savedState } from "../alertState.ts";
import { channelsOf } from "./alertDelivery.ts";
import { reading } from "../session.ts";
import type { Workspace } from "../workspace.ts";

export type SavedAlerts = Awaited<ReturnType<typeof openAlerts>>;
export type OpenAlert = SavedAlerts["alerts"][number];
export type Undelivered = SavedAlerts["undelivered"][number];

/** Alerts that were resolved since then are listed, in milliseconds. */
const RESOLVED_SINCE = 7 * MILLISECONDS_A_DAY;

/** Open alerts, failures before warnings, each oldest first; those resolved in the last days; mutes; channels that failed. */
export async function openAlerts(workspace: Workspace) {
  const state = await savedState(workspace);
  const time = workspace.context.now().getTime();
  const now = new Date(time).toISOString();
  const recent = new Date(time - RESOLVED_SINCE).toISOString();
  const all = Object.entries(state.entries).map(([key, { finding, since, was, origin, told }]) => {
    const { source, window } = origin;
    const muted = muteOf(state, finding, { source, now });
    const shown = muted === null ? withMutes(state, finding, { source, now }) : finding;
    const { area, name, status, value, limit, message, columns, cause } = shown;
    const common = { source, area, name, status, value, limit, message, since, was, columns, cause };
    const waiting = waitingFor(state, key);
    const notified = Object.keys(told).filter(
      (channel) => told[channel]!.status !== "pass" && !waiting.includes(channel),
    );
    const [end, windowLabel] = [window?.end ?? null, window?.label ?? null];
    return { ...common, window: end, windowLabel, told: notified, waiting, muted };
  });
  const wasOpen = ({ was }: (typeof all)[number]): boolean => was === "fail" || was === "warn";
  return {
    alerts: all
      .filter(isOpen)
      .toSorted((a, b) => (a.status === b.status ? (a.since < b.since ? -1 : 1) : a.status < b.status ? -1 : 1)),
    resolved: all
      .filter((each) => each.status === "pass" && wasOpen(each) && each.since > recent)
      .toSorted((a, b) => (a.since > b.since ? -1 : 1)),
    mutes: state.mutes.filter(({ until }) => until > now),
    undelivered: await undelivered(workspace, state),
  };
}

/** The channels of config.json that failed, with the messages that wait for the next try. */
async function undelivered(workspace: Workspace, { outbox }: AlertState) {
  if (!Object.values(outbox).some(({ failure }) => failure !== undefined)) return [];
  return (await channelsOf(workspace)).flatMap(({ channel: { name: channel } }) => {
    const { messages = [], failure } = outbox[channel] ?? {};
    if (failure === undefined) return [];
    return [{ channel, messages: messages.length, since: messages[0]!.at, ...failure, next: nextTry(failure) }];
  });
}

/** @returns the findings of a result with what is muted of them, and the names of its columns that are */
export async function mutedIn(
  workspace: Workspace,
  { source, findings, drift }: Pick<MonitorRecord, "source" | "findings" | "drift">,
) {
  const state = await savedState(workspace);
  const at = { source, now: workspace.context.now().toISOString() };
  return {
    findings: findings.map((finding) => withMutes(state, finding, at)),
    muted: Object.keys(drift.columns).filter((name) => muteOf(state, { area: "drift", name }, at) !== null),
  };
}

/**
 * Until then, no channel is sent anything of the check; null ends that. Afterwards, what has changed meanwhile is sent.
 * The check may open later, or never.
 * @param muting its check is "drift: age", or only a name, of a finding or a column; source null: of all sources
 * @returns what `openAlerts` returns
 * @throws {MlctlError} kind "usage" if nothing to unmute is muted
 */
export async function muteAlert(
  workspace: Workspace,
  { check, source }: Pick<Mute, "check" | "source">,
  muted: Pick<Mute, "until" | "reason"> | null,
): Promise<SavedAlerts> {
  const now = workspace.context.now().toISOString();
  const isSame = (mute: Mute): boolean => mute.check === check && (source === null || mute.source === source);
  const { mutes: before } = await openAlerts(workspace);
  if (muted === null && !before.some(isSame)) {
    const names = before.map((mute) => mute.check);
    const hint = didYouMean(check, names, "`mlctl alerts list` shows what is muted");
    throw new MlctlError("usage", `"${check}" is not muted`, { hint });
  }
  await changeAlertState(workspace, ({ mutes, ...state }) => {
    const others = mutes.filter((mute) => mute.until > now && !isSame(mute));
    return { ...state, mutes: muted === null ? others : [...others, { check, source, ...muted }] };
  });
  return openAlerts(workspace);
}

/** What alerts may be about: names of findings, columns and jobs, with and without their area; empty if none is known. */
export async function knownChecks(workspace: Workspace): Promise<string[]> {
  const { entries } = await savedState(workspace);
  const newest = await reading(workspace, ({ store }) => store.monitorings({ limit: 1 })[0]);
  if (newest === undefined) return [];
  const findings = [...Object.values(entries).map(({ finding }) => finding), ...newest.findings];
  const names = [
    ...findings.flatMap(({ area, name, columns = [] }) => [name, ...columns].map((each) => [area, each])),
    ...Object.keys(newest.drift.columns).flatMap((name) => ["drift", "quality"].map((area) => [area, name])),
    ...workspace.config.schedule.map(({ name }) => ["job", name]),
  ];
  return names.flatMap(([area, name]) => [`${area}: ${name}`, name!]);
}
