/** HTML and tables, as a tag that escapes every value it did not make, so that names from the data cannot inject code. */

/** A string that is already HTML. The symbol key rules out look-alike objects from JSON. */
export interface Html {
  readonly [markup]: string;
}
const markup = Symbol("markup");

type Value = Html | string | number | null | undefined | false | readonly Value[];

/** html`<td>${name}</td>`: lists are joined; null, undefined and false become empty strings. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { [markup]: parts.reduce((text, part, i) => text + textOf(values[i - 1]) + part) };
}

/** Marks `text` as HTML. Only for strings made by mlctl itself, such as a rendered plot or a style sheet. */
export function trusted(text: string): Html {
  return { [markup]: text };
}

/** Text with commands in backticks. */
export function withCode(text: string): Html {
  return html`${text.split("`").map((part, i) => (i % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}

export function htmlText(page: Html): string {
  return page[markup];
}

function textOf(value: Value): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value !== "object") return String(value).replace(/[&<>"']/g, (character) => entities[character]!);
  return markup in value ? value[markup] : value.map(textOf).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function section(id: string, title: string, body: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}

/** A note that there is nothing to show, and how to change that. */
export function emptyNote(text: string): Html {
  return html`<p class="empty">${withCode(text)}</p>`;
}

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

/** An accessible table that scrolls sideways if it is wider than the page: one row per item. A column that is `false` is left out. */
export function itemTable<Item>(
  options: string | TableOptions<Item>,
  items: readonly Item[],
  columns: readonly (Column<Item> | false)[],
): Html {
  const given: TableOptions<Item> = typeof options === "string" ? { caption: options } : options;
  const shown = columns
    .filter((column) => column !== false)
    .map(([head, cell]) => ({ cell, ...(typeof head === "string" ? { title: head, numeric: false } : head) }));
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
