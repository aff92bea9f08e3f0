/** Monitored windows: a table of drift by column and window, whose columns link to their distributions, and points of charts. */
import type { WindowLine, WindowValue } from "../../../storage/store/browse.ts";
import { displayNumber } from "../../../plots/displayNumber.ts";
import { numeric, itemTable, html, type Html } from "../../../reporting/html.ts";
import { beyondLimit, driftIf, driftState, valueTitle } from "../../../reporting/verdicts.ts";
import { pageAddress, withQuery } from "../frame/page.ts";
import { nowrap } from "../frame/parts.ts";
import type { RunStore } from "../../../storage/store/runStore.ts";
import type { TimePoint, ChartEvent } from "./timeChart.ts";

const MAX_COLUMNS = 100;
/** Pixels between the symbols of two windows. */
const STEP = 12;
/** Number of the newest windows shown, so that a row fits. */
export const MATRIX_WINDOWS = 20;

/**
 * @param windows newest first
 * @param values the drift values of the newest MATRIX_WINDOWS of them
 * @param pValues how they are named, see pValueName
 */
export function columnMatrix(windows: readonly WindowLine[], values: readonly WindowValue[], pValues: string): Html {
  const shown = windows.slice(0, MATRIX_WINDOWS).toReversed();
  const byColumn = new Map<string, Map<string, WindowValue>>();
  for (const value of values) {
    const own = byColumn.get(value.name) ?? new Map<string, WindowValue>();
    byColumn.set(value.name, own.set(value.monitorId, value));
  }
  if (byColumn.size === 0) return html`<p class="empty">No column was compared.</p>`;
  const ranked = [...byColumn].toSorted(
    ([a, first], [b, second]) => drifts(second) - drifts(first) || (a < b ? -1 : 1),
  );
  const columns = ranked.map(([name, own]) => ({ name, own, worst: worstOf(shown, own) }));
  const tests = [...new Set(columns.flatMap(({ worst }) => worst?.value.message ?? []))];
  const worstTitle = `Worst of ${shown.length === 1 ? "the window" : `${shown.length} windows`}`;
  return itemTable(
    { caption: "Drift by column, most frequent drift first", limit: MAX_COLUMNS, dense: true },
    columns,
    [
      ["Column", ({ name, worst }) => (worst === undefined ? name : columnLink(worst.window, name))],
      [worstTitle, ({ worst }) => driftState(worst?.value.status ?? null)],
      [numeric(valueTitle(tests, pValues)), ({ worst }) => displayNumber(worst?.value.value)],
      ["Drift if", ({ worst }) => (worst === undefined ? "–" : nowrap(driftIf(worst.value)))],
      [
        "Test",
        ({ worst }) => (worst === undefined ? "not tested" : nowrap((worst.value.message ?? "–").replaceAll("_", " "))),
      ],
      ["Window", ({ worst }) => (worst === undefined ? "–" : windowLink(worst.window))],
      ["Oldest to newest", ({ own }) => strip(shown, own)],
    ],
  );
}

export function columnAddress({ monitorId }: Pick<WindowLine, "monitorId">, name: string): string {
  return withQuery(pageAddress("monitoring", monitorId, "column"), { name });
}

export function columnLink(window: Pick<WindowLine, "monitorId">, name: string): Html {
  return html`<a href="${columnAddress(window, name)}">${name}</a>`;
}

/** Windows of several files may have the same rows: then the file distinguishes them. */
export function windowName({ label, file }: Pick<WindowLine, "label" | "file">): string {
  const name = file?.replace(/^.*[/\\]/, "") ?? "";
  return label.includes(name) ? label : `${name}: ${label}`;
}

export function windowLink(window: Pick<WindowLine, "monitorId" | "label" | "file">): Html {
  return html`<a href="${pageAddress("monitoring", window.monitorId)}">${windowName(window)}</a>`;
}

/**
 * Of the windows in which the column drifted, else of those in which it was tested: the one whose value is furthest
 * beyond its limit, the newest of equal ones. @param windows oldest first
 */
function worstOf(windows: readonly WindowLine[], own: ReadonlyMap<string, WindowValue>) {
  const tested = windows.flatMap((window) => {
    const value = own.get(window.monitorId);
    return value === undefined || value.status === "skipped" ? [] : [{ window, value }];
  });
  const drifted = tested.filter(({ value }) => value.status === "fail");
  const ranked = (drifted.length > 0 ? drifted : tested).toSorted(
    (a, b) => beyondLimit(a.value) - beyondLimit(b.value),
  );
  return ranked.at(-1);
}

function drifts(own: ReadonlyMap<string, WindowValue>): number {
  return [...own.values()].filter(({ status }) => status === "fail").length;
}

/** One symbol for each window: a filled square if the column drifted, a ring if not, a dot if it was not tested. */
function strip(windows: readonly WindowLine[], own: ReadonlyMap<string, WindowValue>): Html {
  return html`<svg
    class="strip"
    role="group"
    aria-label="drifted in ${drifts(own)} of ${windows.length} windows"
    width="${windows.length * STEP}"
    height="14"
    viewBox="0 0 ${windows.length * STEP} 14"
  >
    ${windows.map(({ monitorId, ...window }, i) => {
      const label = windowName(window);
      const x = (i + 0.5) * STEP;
      const status = own.get(monitorId)?.status;
      if (status === "fail")
        return html`<a href="${pageAddress("monitoring", monitorId)}" aria-label="${label}: drifted"
          ><rect class="moved" x="${x - 5}" y="2" width="10" height="10"><title>${label}: drifted</title></rect></a
        >`;
      if (status === "pass")
        return html`<circle class="stable" cx="${x}" cy="7" r="3.5"><title>${label}: stable</title></circle>`;
      return html`<circle class="unknown" cx="${x}" cy="7" r="1.5"><title>${label}: not tested</title></circle>`;
    })}
  </svg>`;
}

export function windowPoint(
  window: Pick<WindowLine, "label" | "file" | "end" | "status">,
  found: Pick<WindowValue, "value" | "bound" | "status"> | undefined,
): TimePoint {
  const { value = null, bound: limit = null, status = null } = found ?? {};
  // Its values are those of chance, and would set the scale of the chart.
  const own = { label: windowName(window), tick: tickOf(window.end) };
  return window.status === "skipped" ? { ...own, value: null, isOmitted: true } : { ...own, value, limit, status };
}

/** The end of a window: the last day that it contains, or a time of the day. */
function tickOf(end: string | null): string | undefined {
  if (end === null) return undefined;
  const last = new Date(Date.parse(end) - 1).toISOString();
  return /T(?:23:59:59\.999|00:00:00\.000)Z$/.test(last) ? last.slice(0, 10) : last.slice(0, 16).replace("T", " ");
}

/**
 * A deployment stands between the last window that ended before it and the next one; of several in one place, the
 * newest is named. Deployments before the first window and after the last are left out.
 * @param windows oldest first
 */
export function deploymentEvents(
  store: RunStore,
  windows: readonly Pick<WindowLine, "end" | "createdAt">[],
): ChartEvent[] {
  const ends = windows.map(({ end, createdAt }) => end ?? createdAt);
  const byPlace = new Map<number, string>();
  for (const { deployedAt, runId } of store.deployments().toReversed()) {
    const next = ends.findIndex((end) => end > deployedAt);
    const version = store.run(runId)?.modelVersion;
    if (next > 0) byPlace.set(next, version === undefined || version === null ? "deployed" : `v${version}`);
  }
  return [...byPlace].map(([next, label]) => ({ at: next - 0.5, label }));
}
