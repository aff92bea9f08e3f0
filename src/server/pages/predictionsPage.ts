/** /ui/predictions: logged predictions, newest first, with filters. */
import { ROWS_LOOKED_AT, type LogEntry } from "../../storage/predictionLog/logReader.ts";
import { rowKeyOf } from "../../lifecycle/labels/predictions.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { html, section, itemTable, type Html } from "../../reporting/html.ts";
import { HttpProblem } from "../http/problem.ts";
import { barCell, choice, dayFields, filterForm, modelLink, nowrap, pager, labelWord } from "./frame/parts.ts";
import { pageAddress, withQuery, type Page, type PageRequest } from "./frame/page.ts";
import { canBeId, dayAfter, daysOf } from "./lookups.ts";

const ROWS = 50;

export async function predictionsPage(request: PageRequest): Promise<Page> {
  return { title: "Predictions", area: "predictions", body: section("recent", "Predictions", await recent(request)) };
}

function wantedOf(query: URLSearchParams) {
  const text = (name: string): string | undefined => query.get(name)?.trim() || undefined;
  return {
    id: text("id"),
    model: text("model"),
    answer: text("answer"),
    truth: text("truth"),
    key: text("key"),
    ...daysOf(query),
    before: text("before"),
  };
}

type Wanted = ReturnType<typeof wantedOf>;

async function recent({ log, query, session }: PageRequest): Promise<Html> {
  const { before, ...filter } = wantedOf(query);
  const page = {
    since: filter.from === undefined ? undefined : Date.parse(filter.from),
    until: filter.to === undefined ? undefined : Date.parse(dayAfter(filter.to)),
    name: filter.id,
    key: rowKeyOf(session, filter.key),
    runId: filter.model,
    prediction: filter.answer,
    labelled: filter.truth === "known" ? true : filter.truth === "unknown" ? false : undefined,
    wrong: filter.truth === "wrong",
    before: cursorOf(before),
    limit: ROWS + 1,
  };
  const isKnown = filter.id === undefined || canBeId(filter.id);
  const { entries, isPartial } = isKnown ? await log.page(page) : { entries: [], isPartial: false };
  const shown = entries.slice(0, ROWS);
  const last = shown.at(-1);
  const address = (cursor?: string): string => withQuery(pageAddress("predictions"), { ...filter, before: cursor });
  const next = entries.length > ROWS && last !== undefined ? address(`${last.at}-${last.seq}`) : null;
  const previous = before === undefined ? null : address();
  return html`${filters(filter, session.config.id_columns)}
  ${shown.length === 0 ? nothing({ ...filter, before }) : table(shown, session.config.id_columns)}
  ${isPartial && html`<p class="note">Only ${displayNumber(ROWS_LOOKED_AT)} predictions were searched. To search all of them, use <code>mlctl predictions list</code>.</p>`}
  ${pager("Pages of predictions", [previous, next], ["Newest", "Older"])}`;
}

/** @throws {HttpProblem} 400 */
function cursorOf(text: string | undefined): { readonly at: number; readonly seq: number } | undefined {
  if (text === undefined) return undefined;
  const [, at, seq] = /^(-?\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (at === undefined)
    throw new HttpProblem("bad-request", "the query parameter before is not a valid position in the log", {
      hint: "start again at the newest prediction",
    });
  return { at: Number(at), seq: Number(seq) };
}

function filters(wanted: Omit<Wanted, "before">, ids: readonly string[]): Html {
  const { id = "", model = "", answer = "", truth = "", key = "" } = wanted;
  const choices = { "": "any", known: "known", unknown: "not known yet", wrong: "differs from the prediction" };
  return filterForm(
    pageAddress("predictions"),
    "Which predictions",
    html`<label
        >ID, its start, or ID of the request
        <input name="id" value="${id}" placeholder="any" autocomplete="off" spellcheck="false"
      /></label>
      <label>Run <input name="model" value="${model}" placeholder="any" autocomplete="off" spellcheck="false" /></label>
      <label>Prediction <input name="answer" value="${answer}" placeholder="any" autocomplete="off" /></label>
      ${ids.length > 0 && html`<label>${ids.join(" or ")} <input name="key" value="${key}" placeholder="any" autocomplete="off" /></label>`}
      ${choice("truth", "Label", truth, Object.entries(choices))} ${dayFields(wanted)}`,
  );
}

function nothing(wanted: Wanted): Html {
  return Object.values(wanted).some((each) => each !== undefined)
    ? html`<p class="empty">
        No predictions match. Old ones may have been deleted: see serve.log.retention.
        <a href="${pageAddress("predictions")}">Show all</a>
      </p>`
    : html`<p class="empty">
        No predictions are logged yet. Next step: send a request to this server (<a href="/docs">try the API</a>), or
        run <code>mlctl predict FILE --log</code>.
      </p>`;
}

function table(entries: readonly LogEntry[], ids: readonly string[]): Html {
  const isClass = entries.some(({ probability }) => probability !== null);
  return itemTable(
    `${displayNumber(entries.length)} ${entries.length === 1 ? "prediction" : "predictions, newest first"}`,
    entries,
    [
      [
        "ID",
        ({ predictionId }) =>
          html`<a class="nowrap" href="${pageAddress("predictions", predictionId)}"
            ><code title="${predictionId}">${shortId(predictionId)}</code></a
          >`,
      ],
      ["Time", ({ at }) => nowrap(new Date(at).toISOString().slice(0, 19).replace("T", " "))],
      ...ids.map((id) => [id, ({ inputs }: LogEntry) => idCell(String(inputs[id] ?? "–"))] as const),
      [{ title: "Prediction", numeric: !isClass }, ({ prediction }) => valueText(prediction)],
      isClass && ["Probability", ({ probability }) => (probability === null ? "–" : barCell(probability))],
      [{ title: "Label", numeric: !isClass }, ({ label }) => (label === null ? "–" : valueText(label))],
      isClass && ["Correct", labelWord],
      ["Model", ({ runId }) => modelLink(runId)],
      ["Source", ({ source }) => source],
    ],
  );
}

export function valueText(value: string | number): string {
  return typeof value === "number" && !Number.isInteger(value) ? displayNumber(value, 5) : String(value);
}

/** "O-010000" is one word. */
function idCell(id: string): Html | string {
  return id.length <= 24 ? nowrap(id) : id;
}

/** Keeps both ends: ids of one batch differ only at the end. */
function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-6)}`;
}
