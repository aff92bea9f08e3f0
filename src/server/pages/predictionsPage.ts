/** /ui/predictions: what was answered, newest first, with filters; and the way to one by its id. */
import { ROWS_LOOKED_AT, type LogEntry } from "../../storage/predictionLog/browseLog.ts";
import { figure, percent } from "../../plots/figures.ts";
import { dataTable } from "../../reporting/dataTable.ts";
import { html, type Html } from "../../reporting/html.ts";
import { section } from "../../reporting/section.ts";
import { HttpProblem } from "../http/problem.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { pageAddress, withQuery } from "./frame/pageAddress.ts";
import { modelLink, pager, labelWord } from "./frame/parts.ts";
import { findLogged } from "./lookups.ts";

const ROWS = 50;

export function predictionsPage(request: PageRequest): Page {
  const { query } = request;
  const id = query.get("id")?.trim() ?? "";
  const problem = id === "" ? null : lookUp(request, id);
  const body = html`${section("look-up", "Look up", html`${problem} ${lookUpForm(id)}`)}
  ${section("recent", "Recent predictions", recent(request))}`;
  return { title: "Predictions", area: "predictions", body };
}

/** The one that is sought, or why there is none. */
function lookUp({ log }: PageRequest, id: string): Html {
  const found = findLogged(log, id);
  if (found.length === 0)
    return html`<p class="warning" role="status">
      There is no prediction whose id begins with “${id.slice(0, 80)}”. Older ones may have gone: see
      serve.log.retention.
    </p>`;
  return html`<p role="status">${found.length === 1 ? "Found:" : "Several begin so:"}</p>
    <ul class="plain">
      ${found.map(
        ({ predictionId }) =>
          html`<li>
            <a href="${pageAddress("predictions", predictionId)}"><code>${predictionId}</code></a>
          </li>`,
      )}
    </ul>`;
}

function lookUpForm(id: string): Html {
  return html`<form
    class="fields"
    method="get"
    action="${pageAddress("predictions")}"
    role="search"
    aria-label="One prediction"
  >
    <label>Id, or how it begins <input name="id" value="${id}" required autocomplete="off" spellcheck="false" /></label>
    <button type="submit">Look up</button>
  </form>`;
}

interface Wanted {
  readonly model: string | undefined;
  readonly answer: string | undefined;
  readonly truth: string;
  readonly before: string | undefined;
}

function recent({ log, query }: PageRequest): Html {
  const text = (name: string): string | undefined => query.get(name)?.trim() || undefined;
  const wanted: Wanted = {
    model: text("model"),
    answer: text("answer"),
    truth: text("truth") ?? "",
    before: text("before"),
  };
  const { entries, isPartial } = log.page({
    runId: wanted.model,
    prediction: wanted.answer,
    ...(wanted.truth === "known" ? { labelled: true } : wanted.truth === "unknown" ? { labelled: false } : {}),
    wrong: wanted.truth === "wrong",
    before: cursorOf(wanted.before),
    limit: ROWS + 1,
  });
  const shown = entries.slice(0, ROWS);
  const filter = { model: wanted.model, answer: wanted.answer, truth: wanted.truth };
  const last = shown.at(-1);
  const address = (before?: string): string => withQuery(pageAddress("predictions"), { ...filter, before });
  const next = entries.length > ROWS && last !== undefined ? address(`${last.at}-${last.seq}`) : null;
  return html`${filterForm(wanted)} ${shown.length === 0 ? nothing(wanted) : table(shown)}
  ${isPartial && html`<p class="note">The filters looked at ${figure(ROWS_LOOKED_AT)} predictions; older ones may fit as well: <code>mlctl predictions list</code> looks at all.</p>`}
  ${pager({ label: "Pages of predictions", previous: wanted.before === undefined ? null : address(), next, words: ["Newest", "Older"] })}`;
}

/** @throws {HttpProblem} 400 */
function cursorOf(text: string | undefined): { readonly at: number; readonly seq: number } | undefined {
  if (text === undefined) return undefined;
  const [, at, seq] = /^(-?\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (at === undefined)
    throw new HttpProblem("bad-request", "before is no place in the log", {
      hint: "start at the newest prediction again",
    });
  return { at: Number(at), seq: Number(seq) };
}

function filterForm({ model, answer, truth }: Wanted): Html {
  const truths = [
    ["", "known or not"],
    ["known", "known"],
    ["unknown", "not known yet"],
    ["wrong", "other than the answer"],
  ] as const;
  return html`<form class="fields" method="get" action="${pageAddress("predictions")}" aria-label="Which predictions">
    <label
      >Run <input name="model" value="${model ?? ""}" placeholder="any" autocomplete="off" spellcheck="false"
    /></label>
    <label>Answer <input name="answer" value="${answer ?? ""}" placeholder="any" autocomplete="off" /></label>
    <label
      >Truth
      <select name="truth">
        ${truths.map(([value, label]) => html`<option value="${value}" ${value === truth && html`selected`}>${label}</option>`)}
      </select>
    </label>
    <button type="submit">Show</button>
  </form>`;
}

function nothing({ model, answer, truth, before }: Wanted): Html {
  const filtered = model !== undefined || answer !== undefined || truth !== "" || before !== undefined;
  return filtered
    ? html`<p class="empty">No prediction fits. <a href="${pageAddress("predictions")}">Show all</a></p>`
    : html`<p class="empty">
        Nothing was answered yet. Next step: ask this server (<a href="/docs">try the API</a>), or
        <code>mlctl predict FILE --log</code>.
      </p>`;
}

function table(entries: readonly LogEntry[]): Html {
  const isClass = entries.some(({ probability }) => probability !== null);
  return dataTable({
    caption: `${figure(entries.length)} predictions, newest first`,
    columns: [
      { title: "Id" },
      { title: "Answered" },
      { title: "Answer", numeric: !isClass },
      ...(isClass ? [{ title: "Probability", numeric: true }] : []),
      { title: "Truth", numeric: !isClass },
      ...(isClass ? [{ title: "Right" }] : []),
      { title: "Model" },
      { title: "By" },
    ],
    rows: entries.map((entry) => ({
      cells: [
        html`<a class="nowrap" href="${pageAddress("predictions", entry.predictionId)}"
          ><code>${shortId(entry.predictionId)}</code></a
        >`,
        html`<span class="nowrap">${new Date(entry.at).toISOString().slice(0, 19).replace("T", " ")}</span>`,
        valueText(entry.prediction),
        ...(isClass ? [percent(entry.probability)] : []),
        entry.label === null ? "–" : valueText(entry.label),
        ...(isClass ? [labelWord(entry)] : []),
        modelLink(entry.runId),
        entry.source,
      ],
    })),
  });
}

export function valueText(value: string | number): string {
  return typeof value === "number" && !Number.isInteger(value) ? figure(value, 5) : String(value);
}

/** Those of one batch differ at the end. */
function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-6)}`;
}
