/** An accessible HTML table that scrolls horizontally if it is wider than the page. */
import { html } from "./html.ts";
import type { Html } from "./html.ts";

export interface TableColumn {
  readonly title: string;
  /** Aligned to the right. */
  readonly numeric?: boolean;
}

type Cell = Html | string | number | null;

export interface DataTable {
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  /** The first cell is the heading of its row. */
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly marked?: boolean }[];
  /** Maximum number of rows shown; a note gives the number of the others. Default 200. */
  readonly limit?: number;
}

export function dataTable({ caption, columns, rows, limit = 200 }: DataTable): Html {
  const kind = (i: number): string => (columns[i]?.numeric === true ? "number" : "text");
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
          ${columns.map(({ title }, i) => html`<th scope="col" class="${kind(i)}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
    ${rest > 0 && html`<p class="note">${rest} more rows are not shown.</p>`}
  </div>`;
}
