/** /ui/monitoring/<id>/column?name=…: one column of a window compared with the reference, and its drift over time. */
import type { ColumnDrift, MonitorRecord } from "../../core/records/monitoring.ts";
import { pValueName, sampledNote } from "../../core/text/recordText.ts";
import { countOf, displayNumber, exact, percent } from "../../plots/displayNumber.ts";
import { distributionBins, driftColumnPlot } from "../../plots/driftColumn.ts";
import { itemTable, numeric, html, emptyNote, section, type Html } from "../../reporting/html.ts";
import { driftState, driftStatus, limitText, TARGET, valueText } from "../../reporting/verdicts.ts";
import { HttpProblem } from "../http/problem.ts";
import { windowLink, deploymentEvents, windowPoint } from "./charts/windows.ts";
import { factList } from "./frame/parts.ts";
import { WINDOWS } from "./monitoringPage.ts";
import { pageAddress, withQuery, type Page, type PageRequest } from "./frame/page.ts";
import { timeChart } from "./charts/timeChart.ts";
import { windowNamed } from "./lookups.ts";

export async function columnPage(request: PageRequest): Promise<Page> {
  const record = windowNamed(request);
  const name = request.query.get("name") ?? "";
  const drift =
    name === TARGET && !Object.hasOwn(record.drift.columns, TARGET)
      ? record.drift.target
      : ownValue(record.drift.columns, name);
  if (!drift) {
    throw new HttpProblem("not-found", `the window has no column “${name.slice(0, 100)}”`, {
      hint: "see the page of the window for the columns that were compared",
    });
  }
  const { monitorId, window, source } = record;
  return {
    title: name,
    area: "monitoring",
    body: html`<p class="crumbs">
        <a href="${withQuery(pageAddress("monitoring"), { source })}">Monitoring</a> ·
        ${windowLink({ monitorId, ...window })}
      </p>
      ${section(
        "result",
        "Result",
        factList([
          ["Drift", driftState(driftStatus(drift))],
          ["Test", drift.test.replaceAll("_", " ")],
          [drift.measure === "p_value" ? pValueName(record.drift) : "Distance", valueText(drift)],
          ["Drift if the value is", limitText(drift)],
          ["Note", drift.skipped ?? drift.note ?? null],
          [
            "Compared",
            `${countOf(window.rows, "row")} with ${countOf(record.reference.rows, "row")} of ${record.reference.name}${sampledNote(record.drift, displayNumber)}`,
          ],
        ]),
      )}
      <div class="pair">
        ${section("distributions", "Distributions", await distributions(request, record, name))}
        ${section("over-time", "Over time", overTime(request, record, name, drift))}
      </div>`,
  };
}

async function distributions({ draw }: PageRequest, { spread }: MonitorRecord, name: string): Promise<Html> {
  if (spread === undefined)
    return emptyNote(
      "This window was monitored by an older mlctl, which stored no distributions. Next step: monitor it again.",
    );
  const own = ownValue(spread.columns, name) ?? (name === TARGET ? spread.target : null);
  if (!own) return emptyNote("Nothing to draw: one side has no values, or values of another kind.");
  const spec = driftColumnPlot({ name, distribution: own, width: 380 });
  const kind = own.kind === "category" ? own.kind : "range";
  return html`${await draw("distribution-chart", spec)}
    <details>
      <summary>Show as a table</summary>
      ${itemTable(
        `Share of rows by ${kind}`,
        [...distributionBins(own).entries()],
        [
          [kind === "category" ? "Category" : "Range", ([, bin]) => bin],
          [numeric("Reference"), ([i]) => percent(own.reference[i])],
          [numeric("Current"), ([i]) => percent(own.current[i])],
        ],
      )}
    </details>`;
}

function overTime(
  { session }: PageRequest,
  { source, drift: report }: MonitorRecord,
  name: string,
  drift: ColumnDrift,
): Html {
  const { browse } = session.store;
  const windows = browse.windows({ source, limit: WINDOWS, offset: 0 }).toReversed();
  const ids = windows.map(({ monitorId }) => monitorId);
  const values = browse.windowValues(ids, ["drift"]);
  const byWindow = new Map(values.filter((value) => value.name === name).map((value) => [value.monitorId, value]));
  const points = windows.map((window) => windowPoint(window, byWindow.get(window.monitorId)));
  const test = drift.test.replaceAll("_", " ");
  const isP = drift.measure === "p_value";
  return timeChart({
    id: "value",
    title: isP ? pValueName(report) : "Drift value",
    subtitle: isP ? `${test}, logarithmic: drift below the limit` : `${test}: drift above the limit`,
    points,
    limitName: "limit",
    events: deploymentEvents(session.store, windows),
    ...(isP ? { log: true, format: pValue } : { zero: true }),
  });
}

/** 0.05, 1e-6 */
const pValue = (value: number): string =>
  value >= 0.001 ? exact(Number(value.toPrecision(2))) : value.toExponential(0);

/** Only own properties, because a column may be called "constructor". */
function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | null {
  return Object.hasOwn(record, name) ? record[name]! : null;
}
