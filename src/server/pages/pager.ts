/** Links to the pages before and after. */
import { html, type Html } from "../../reporting/html.ts";

export interface PagerLinks {
  readonly label: string;
  readonly previous: string | null;
  readonly next: string | null;
  readonly words?: readonly [previous: string, next: string];
}

export function pager({ label, previous, next, words = ["Previous", "Next"] }: PagerLinks): Html | null {
  if (previous === null && next === null) return null;
  return html`<nav class="pager" aria-label="${label}">
    <ul>
      ${previous !== null && html`<li><a rel="prev" href="${previous}">← ${words[0]}</a></li>`}
      ${next !== null && html`<li><a rel="next" href="${next}">${words[1]} →</a></li>`}
    </ul>
  </nav>`;
}
