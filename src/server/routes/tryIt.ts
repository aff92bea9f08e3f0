/** The form of /ui/docs: one field for each column of the model, and below it what the model says of the row. */
import { dateText } from "../../core/text/format.ts";
import type { ColumnSpec } from "../../core/table/table.ts";
import { describedInput, exampleRow } from "../../lifecycle/predict/servedModel.ts";
import { displayNumber, displayRange, exact, percent } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, section, type Html } from "../../reporting/html.ts";
import { requestIdOf, type Request } from "../http/http.ts";
import { HttpProblem, problemOf } from "../http/problem.ts";
import { factList, runLink } from "../pages/frame/parts.ts";
import { pageAddress } from "../pages/frame/page.ts";
import { requireServing, type ServerState, type Serving } from "../state/serverState.ts";

/** Fields have positions as their names, because columns may have any. */
const fieldOf = (position: number): string => `column${position}`;

type Row = Readonly<Record<string, string | number | null>>;

/** @param form what was sent; undefined at first @throws {HttpProblem} 503 while nothing is deployed */
export async function tryIt(state: ServerState, request: Request, form?: URLSearchParams): Promise<Html> {
  const serving = requireServing(state);
  const { model, runId } = serving.served;
  const { inputs, target } = model.signature;
  const example = new Map(exampleRow(model).map(({ name, value }) => [name, value]));
  const texts = inputs.map(({ name }, i) => form?.get(fieldOf(i)) ?? String(example.get(name) ?? ""));
  const row = Object.fromEntries(inputs.map(({ name, kind }, i) => [name, cellOf(texts[i]!, kind)]));
  const threshold = form?.get("threshold")?.trim() ?? "";
  const outcome = form === undefined ? null : await predicted(serving, request, { row, threshold, form });
  const fields = html`${factList([
      ["Model", runLink(runId)],
      ["Family", model.estimator.family],
      ["Predicts", `${target.name} (${target.task})`],
    ])}
    <form class="fields" method="post" action="${pageAddress("docs")}">
      ${inputs.map((spec, i) => field(describedInput(spec, model), i, texts[i]!))}
      ${
        target.task === "binary" &&
        html`<label
          >threshold, from 0 to 1
          <input
            type="number"
            name="threshold"
            min="0"
            max="1"
            step="any"
            value="${threshold}"
            placeholder="${exact(model.threshold ?? 0.5)}"
          />
        </label>`
      }
      ${outcome?.probability !== undefined && html`<input type="hidden" name="before" value="${outcome.probability}" />`}
      <button type="submit">Predict</button>
    </form>
    ${outcome?.shown}
    <h3>cURL</h3>
    <pre>${curl(state, request, { row, threshold })}</pre>`;
  return section("try", "Try it", fields);
}

function cellOf(text: string, kind: ColumnSpec["kind"]): string | number | null {
  if (text === "") return null;
  return kind === "number" && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function field(spec: ColumnSpec, position: number, value: string): Html {
  const name = fieldOf(position);
  const { categories } = spec;
  return html`<label
    ><span>${spec.name} <span class="quiet">${hint(spec)}</span></span>
    <input name="${name}" value="${value}" autocomplete="off" ${categories && html`list="${name}"`} />
    ${
      categories &&
      html`<datalist id="${name}">${categories.map((each) => html`<option value="${each}"></option>`)}</datalist>`
    }
  </label>`;
}

function hint({ kind, minimum, maximum }: ColumnSpec): string {
  if (minimum === undefined || maximum === undefined) return kind;
  return kind === "date" ? `${dateText(minimum)} to ${dateText(maximum)}` : displayRange(minimum, maximum);
}

async function predicted(
  { predictor: deployed, served, response }: Serving,
  request: Request,
  { row, threshold, form }: { row: Row; threshold: string; form: URLSearchParams },
): Promise<{ readonly shown: Html; readonly probability?: number }> {
  try {
    const share = Number(threshold);
    if (!(share >= 0 && share <= 1)) throw new HttpProblem("bad-request", "the threshold is a number from 0 to 1");
    const predictor = threshold === "" ? deployed : deployed.at(share);
    const predictions = await predictor.predict([row], requestIdOf(request));
    const { value, probability, shares, id } = predictions.predictions[0]!;
    const document = response({ rows: [row], single: true }, predictions);
    const before = form.get("before");
    const change = probability === null || !before ? null : probability - Number(before);
    const byClass = (served.labels ?? []).map((label, code) => [String(label), shares![code]!] as const);
    const shown = html`<h3 id="result">Prediction</h3>
      <p class="big" role="status">${served.model.signature.target.name}: ${value}</p>
      ${
        byClass.length > 0 &&
        itemTable("Probability of each class", byClass, [
          ["Class", ([label]) => label],
          [numeric("Probability"), ([, each]) => percent(each)],
        ])
      }
      ${
        change !== null &&
        html`<p>Probability before: ${percent(Number(before))}; change: ${displayNumber(100 * change)} points.</p>`
      }
      ${predictions.warnings.map(({ column, message }) => html`<p class="warning">${column}: ${message}</p>`)}
      <p><a href="${pageAddress("predictions", id)}">Why this prediction</a></p>
      <h3>Response</h3>
      <pre>${JSON.stringify(document, null, 2).replaceAll("  ", "\u00a0 ")}</pre>`;
    return { shown, ...(probability !== null && { probability }) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status >= 500) throw error;
    return { shown: html`${problemNote(problem)}` };
  }
}

function problemNote({ message, members }: HttpProblem): Html[] {
  const errors = (members["errors"] ?? []) as readonly { column: string; message: string }[];
  const notes = errors.length === 0 ? [message] : errors.map((error) => `${error.column}: ${error.message}`);
  return notes.map((note) => html`<p class="warning" role="alert">${note}</p>`);
}

function curl(
  { workspace }: ServerState,
  { headers }: Request,
  { row, threshold }: { row: Row; threshold: string },
): string {
  const { token, tokens, base_path } = workspace.config.serve;
  const scheme = headers["x-forwarded-proto"] === "https" ? "https" : "http";
  const query = threshold === "" ? "" : `?threshold=${encodeURIComponent(threshold)}`;
  const lines = [
    `curl '${scheme}://${headers.host ?? "localhost"}${base_path}/predict${query}'`,
    "-H 'content-type: application/json'",
    ...(token === null && tokens.length === 0 ? [] : ['-H "authorization: Bearer $MLCTL_TOKEN"']),
    `-d '${JSON.stringify(row).replaceAll("'", "'\\''")}'`,
  ];
  return lines.join(" \\\n  ");
}
