/** An accessible HTML table that scrolls horizontally if it is wider than the page. */
import { html, type Html } from "./html.ts";

/** A title, or a column of numbers, which is aligned to the right. */
type Column = string | { readonly title: string; readonly numeric: boolean };

type Cell = Html | string | number | null;

export interface DataTable {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell is the heading of its row. */
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly marked?: boolean }[];
  /** Maximum number of rows shown; a note gives the number of the others. Default 200. */
  readonly limit?: number;
}

export function numeric(title: string): Column {
  return { title, numeric: true };
}

export function allNumeric(...titles: readonly string[]): readonly Column[] {
  return titles.map(numeric);
}

export function dataTable({ caption, columns, rows, limit = 200 }: DataTable): Html {
  const shown = columns.map((column) => (typeof column === "string" ? { title: column, numeric: false } : column));
  const kind = (i: number): string => (shown[i]?.numeric === true ? "number" : "text");
  const rest = rows.length - limit;
  const body = rows.slice(0, limit).map(
    ({ cells, marked }) =>
      html`<tr class="${marked === true ? "marked" : "plain"}">
        ${cells.map((cell, i) =>
          i === 0 ? html`<th scope="row" class="${kind(i)}">${cell}</th>` : html`<td class="${kind(i)}">${cell}</td>`,
        )}
      </tr> `,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${shown.map(({ title }, i) => html`<th scope="col" class="${kind(i)}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
    ${rest > 0 && html`<p class="note">${rest} more rows are not shown.</p>`}
  </div>`;
}
