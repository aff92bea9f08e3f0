/** A chapter of the report with its heading and anchor. */
import { html } from "./html.ts";
import type { Html } from "./html.ts";

export function section(id: string, title: string, body: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}

/** Says in words that there is nothing to show, and what would change that. */
export function emptyNote(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}
