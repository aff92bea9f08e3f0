/** A table of drift by column and window; each column links to its distributions. */
import type { WindowLine, WindowValue } from "../../../storage/store/browse.ts";
import { displayNumber } from "../../../plots/displayNumber.ts";
import { dataTable, numeric } from "../../../reporting/dataTable.ts";
import { driftIf } from "../../../reporting/driftText.ts";
import { html, type Html } from "../../../reporting/html.ts";
import { pageAddress, withQuery } from "../frame/pageAddress.ts";
import { stateWord } from "../frame/parts.ts";

const MAX_COLUMNS = 100;
/** Number of the newest windows shown, so that a row fits. */
export const MATRIX_WINDOWS = 20;

/** @param windows newest first @param values the drift values of the newest MATRIX_WINDOWS of them */
export function columnMatrix(windows: readonly WindowLine[], values: readonly WindowValue[]): Html {
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
  return dataTable({
    caption: "Drift by column, most frequent drift first",
    columns: [
      "Column",
      `Worst of the last ${shown.length === 1 ? "window" : `${shown.length} windows`}`,
      numeric("Value"),
      "Drift if",
      "Test",
      "In",
      "Oldest to newest",
    ],
    rows: ranked.map(([name, own]) => {
      const worst = worstOf(shown, own);
      const page = worst && withQuery(pageAddress("monitoring", worst.window.monitorId, "column"), { name });
      return {
        cells: [
          page === undefined ? name : html`<a href="${page}">${name}</a>`,
          worst === undefined ? stateWord("skipped") : driftState(worst.value),
          displayNumber(worst?.value.value),
          worst === undefined ? "–" : driftIf(worst.value),
          worst === undefined ? "not tested" : (worst.value.message ?? "–").replaceAll("_", " "),
          worst === undefined
            ? "–"
            : html`<a href="${pageAddress("monitoring", worst.window.monitorId)}">${worst.window.label}</a>`,
          strip(shown, own),
        ],
      };
    }),
    limit: MAX_COLUMNS,
  });
}

/** The newest window in which the column drifted; else the newest in which it was tested. @param windows oldest first */
function worstOf(
  windows: readonly WindowLine[],
  own: ReadonlyMap<string, WindowValue>,
): { readonly window: WindowLine; readonly value: WindowValue } | undefined {
  const tested = windows.flatMap((window) => {
    const value = own.get(window.monitorId);
    return value === undefined || value.status === "skipped" ? [] : [{ window, value }];
  });
  return tested.findLast(({ value }) => value.status === "fail") ?? tested.at(-1);
}

function drifts(own: ReadonlyMap<string, WindowValue>): number {
  return [...own.values()].filter(({ status }) => status === "fail").length;
}

export function driftState({ status }: Pick<WindowValue, "status">): Html {
  if (status === "fail") return html`<span class="state bad"><span aria-hidden="true">✕</span> drifted</span>`;
  if (status === "pass") return html`<span class="state good"><span aria-hidden="true">✓</span> stable</span>`;
  return stateWord("skipped");
}

/** One symbol for each window: a filled square if the column drifted, a ring if not, a dot if it was not tested. */
function strip(windows: readonly WindowLine[], own: ReadonlyMap<string, WindowValue>): Html {
  const states = windows.map(({ monitorId, label }) => ({
    monitorId,
    label,
    status: own.get(monitorId)?.status ?? null,
  }));
  const drifted = states.filter(({ status }) => status === "fail").length;
  return html`<svg
    class="strip"
    role="group"
    aria-label="drifted in ${drifted} of ${states.length} windows"
    width="${states.length * 14}"
    height="14"
    viewBox="0 0 ${states.length * 14} 14"
  >
    ${states.map(({ monitorId, label, status }, i) => {
      const x = i * 14 + 7;
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
