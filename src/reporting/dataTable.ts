/** An accessible HTML table that scrolls horizontally if it is wider than the page. */
import { html, type Html } from "./html.ts";

interface Heading {
  readonly title: string;
  /** Aligned to the right. */
  readonly numeric: boolean;
  /** A link that sorts the table by this column, and the order of its rows now. */
  readonly sort?: { readonly href: string; readonly order: "ascending" | "descending" | "none" };
}

/** The cells of the first column are the headings of their rows. */
export type Column<Item> = readonly [heading: Heading | string, cell: (item: Item) => Html | string | number | null];

interface TableOptions<Item> {
  readonly caption: string;
  readonly isMarked?: (item: Item) => boolean;
  /** Of rows shown; a note gives the number of the others. Default 200. */
  readonly limit?: number;
  /** Phones show each row as a card, with the titles of the columns before its values, from 4 columns on: here of short values. */
  readonly dense?: boolean;
}

export function numeric(title: string): Heading {
  return { title, numeric: true };
}

/** One row per item. A column that is `false` is left out. */
export function itemTable<Item>(
  options: string | TableOptions<Item>,
  items: readonly Item[],
  columns: readonly (Column<Item> | false)[],
): Html {
  const given: TableOptions<Item> = typeof options === "string" ? { caption: options } : options;
  const shown = columns
    .filter((column) => column !== false)
    .map(([heading, cell]) => ({
      cell,
      ...(typeof heading === "string" ? { ...numeric(heading), numeric: false } : heading),
    }));
  const { caption, isMarked, limit = 200, dense = false } = given;
  const cards = shown.length > 3;
  const rest = items.length - limit;
  const body = items.slice(0, limit).map(
    (item) =>
      html`<tr class="${isMarked?.(item) === true ? "marked" : "plain"}">
        ${shown.map((column, i) => {
          const [value, kind] = [column.cell(item), kindOf(column)];
          const titled = cards && html`data-title="${column.title}"`;
          if (i === 0) return html`<th scope="row" class="${kind}" ${column.numeric === true && titled}>${value}</th>`;
          return html`<td class="${kind}${cards && value === "–" && " none"}" ${titled}>${value}</td>`;
        })}
      </tr> `,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table class="${cards ? (dense ? "cards dense" : "cards") : "plain"}">
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${shown.map(headingCell)}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
    ${rest > 0 && html`<p class="note">${rest} more rows are not shown.</p>`}
  </div>`;
}

const kindOf = (column: Heading): string => (column.numeric ? "number" : "text");

function headingCell(column: Heading): Html {
  const { title, sort } = column;
  if (sort === undefined) return html`<th scope="col" class="${kindOf(column)}">${title}</th>`;
  const { href, order } = sort;
  const arrow = { ascending: " ▲", descending: " ▼", none: "" }[order];
  return html`<th scope="col" class="${kindOf(column)}" aria-sort="${order}">
    <a href="${href}">${title}<span aria-hidden="true">${arrow}</span></a>
  </th>`;
}
