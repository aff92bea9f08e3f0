/** An accessible HTML table that scrolls horizontally if it is wider than the page. */
import { html, type Html } from "./html.ts";

interface Heading {
  readonly title: string;
  /** Aligned to the right. */
  readonly numeric: boolean;
  /** A link that sorts the table by this column, and the order of its rows now. */
  readonly sort?: { readonly href: string; readonly order: "ascending" | "descending" | "none" };
}

type Column = string | Heading;
type Cell = Html | string | number | null;

export interface DataTable {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell is the heading of its row. */
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly marked?: boolean }[];
  /** Of rows shown; a note gives the number of the others. Default 200. */
  readonly limit?: number;
  /** Phones show each row as a card, with the titles of the columns before its values. Default: if more than 3 columns. */
  readonly cards?: boolean;
}

export function numeric(title: string): Column {
  return { title, numeric: true };
}

export function allNumeric(...titles: readonly string[]): readonly Column[] {
  return titles.map(numeric);
}

export function dataTable({ caption, columns, rows, limit = 200, cards = columns.length > 3 }: DataTable): Html {
  const shown = columns.map((column) => (typeof column === "string" ? { title: column, numeric: false } : column));
  const kind = (i: number): string => (shown[i]?.numeric === true ? "number" : "text");
  const titled = (i: number): Html | false => cards && html`data-title="${shown[i]?.title ?? ""}"`;
  const rest = rows.length - limit;
  const body = rows.slice(0, limit).map(
    ({ cells, marked }) =>
      html`<tr class="${marked === true ? "marked" : "plain"}">
        ${cells.map((cell, i) =>
          i === 0
            ? html`<th scope="row" class="${kind(i)}">${cell}</th>`
            : html`<td class="${kind(i)}${cards && cell === "–" && " none"}" ${titled(i)}>${cell}</td>`,
        )}
      </tr> `,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table class="${cards ? "cards" : "plain"}">
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${shown.map((column, i) => heading(column, kind(i)))}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
    ${rest > 0 && html`<p class="note">${rest} more rows are not shown.</p>`}
  </div>`;
}

function heading({ title, sort }: Heading, kind: string): Html {
  if (sort === undefined) return html`<th scope="col" class="${kind}">${title}</th>`;
  const { href, order } = sort;
  const arrow = { ascending: " ▲", descending: " ▼", none: "" }[order];
  return html`<th scope="col" class="${kind}" aria-sort="${order}">
    <a href="${href}">${title}<span aria-hidden="true">${arrow}</span></a>
  </th>`;
}
