/** Names and what they are, side by side. */
import { html, type Html } from "../../reporting/html.ts";

export type Fact = readonly [name: string, value: Html | string | number | null, width?: "whole"];

/** Facts without a value are left out. */
export function factList(facts: readonly (Fact | false)[]): Html {
  const shown = facts.filter((fact): fact is Fact => fact !== false && fact[1] !== null && fact[1] !== "");
  return html`<dl class="facts">
    ${shown.map(
      ([name, value, width = "part"]) =>
        html`<div class="${width}">
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
