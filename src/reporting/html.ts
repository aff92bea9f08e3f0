/** Template tag for HTML. Escapes every value that was not made by this tag, so that names from the data cannot inject code. */

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
  if (isList(value)) return value.map(textOf).join("");
  return value[markup];
}

function isList(value: Html | readonly Value[]): value is readonly Value[] {
  return Array.isArray(value);
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
