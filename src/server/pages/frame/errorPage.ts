/** The page for an error: its message and the next step. */
import { html } from "../../../reporting/html.ts";
import type { HttpProblem } from "../../http/problem.ts";
import type { Page } from "./page.ts";

export function errorPage({ status, message, hint }: HttpProblem): Page {
  return {
    title: status === 404 ? "Not found" : `Error ${status}`,
    area: null,
    body: html`<section aria-label="Error">
      <p class="warning">${message}</p>
      ${hint !== undefined && html`<p>Next step: ${hint}.</p>`}
      <p><a href="/ui">Back to the overview</a></p>
    </section>`,
  };
}
