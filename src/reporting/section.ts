/** A section of the report with heading and anchor. */
import { html, type Html } from "./html.ts";

export function section(id: string, title: string, body: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}

/** A note that there is nothing to show, and how to change that. */
export function emptyNote(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}
