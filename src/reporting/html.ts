/** Template tag for HTML: every value is escaped unless it is HTML made here, so that no name from the data can run. */

/** Text that is HTML already. The symbol keeps a look-alike from JSON out. */
export interface Html {
  readonly [markup]: string;
}
const markup = Symbol("markup");

type Value = Html | string | number | null | undefined | false | readonly Value[];

/** html`<td>${name}</td>`: lists are joined; null, undefined and false leave nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { [markup]: parts.reduce((text, part, i) => text + textOf(values[i - 1]) + part) };
}

/** Marks `text` as HTML. Only for text that comes from mlctl itself, such as a rendered plot or a style sheet. */
export function trusted(text: string): Html {
  return { [markup]: text };
}

export function htmlText(page: Html): string {
  return page[markup];
}

function textOf(value: Value): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  if (isList(value)) return value.map(textOf).join("");
  return value[markup];
}

function isList(value: Html | readonly Value[]): value is readonly Value[] {
  return Array.isArray(value);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
