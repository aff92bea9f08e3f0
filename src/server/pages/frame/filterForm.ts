/** Forms that filter a page: they set its query. */
import { html, type Html } from "../../../reporting/html.ts";

export function filterForm(action: string, name: string, fields: Html): Html {
  return html`<form class="fields" method="get" action="${action}" aria-label="${name}">
    ${fields}
    <button type="submit">Show</button>
  </form>`;
}

export function choice(
  name: string,
  label: string,
  chosen: string,
  options: readonly (readonly [value: string, text: string])[],
): Html {
  return html`<label
    >${label}
    <select name="${name}">
      ${options.map(([value, text]) => html`<option value="${value}" ${value === chosen && html`selected`}>${text}</option>`)}
    </select>
  </label>`;
}

export function checkbox(name: string, label: string, isChecked: boolean): Html {
  return html`<label class="check"
    ><input type="checkbox" name="${name}" value="1" ${isChecked && html`checked`} />${label}</label
  >`;
}
