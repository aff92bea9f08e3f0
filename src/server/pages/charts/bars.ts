/** Small bars in the cells of tables. */
import { html, type Html } from "../../../reporting/html.ts";

const WIDTH = 100;

/** From the left. @param share from 0 to 1 @param colour place in the palette */
export function shareBar(share: number, colour = 0): Html {
  return bar(html`<rect class="c${colour}" width="${width(share)}" height="10" />`);
}

/** From the middle to the left (negative) or right. @param share from −1 to 1 */
export function signedBar(share: number): Html {
  const size = width(Math.abs(share) / 2);
  const left = share < 0 ? WIDTH / 2 - size : WIDTH / 2;
  return bar(
    html`<rect class="${share < 0 ? "down" : "up"}" x="${left}" width="${size}" height="10" /><path
        class="axis-line"
        d="M${WIDTH / 2} 0V10"
      />`,
  );
}

function width(share: number): number {
  return Math.round(share * WIDTH * 10) / 10;
}

function bar(content: Html): Html {
  return html`<svg class="chart bars" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">
    ${content}
  </svg>`;
}
