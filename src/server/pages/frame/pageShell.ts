/** The HTML around every page: head, navigation, footer, and the script on pages that refresh. */
import { html, htmlText, trusted } from "../../../reporting/html.ts";
import { pageAssets } from "./pageAssets.ts";
import { areas, type Page } from "./page.ts";
import { pageAddress, withRelativeLinks } from "./pageAddress.ts";

export interface ShellOptions {
  /** Name of the project. */
  readonly name: string;
  readonly codeVersion: string;
  /** Shows the button to sign out. */
  readonly signedIn: boolean;
  readonly url: string;
}

const titles: Readonly<Record<(typeof areas)[number], string>> = {
  overview: "Overview",
  runs: "Runs",
  trials: "Trials",
  monitoring: "Monitoring",
  predictions: "Predictions",
  live: "Live",
};

/** An inline icon, so that browsers do not request /favicon.ico. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230060a0'/%3E%3Cpath d='M3 11l3-4 3 2 4-5' fill='none' stroke='white' stroke-width='1.8'/%3E%3C/svg%3E";

/**
 * Content security policy: no other origins, no inline scripts, no forms to other sites. It is a second defence behind
 * HTML escaping. Style attributes are allowed because plots set their width in one.
 */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src data:; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export function pageShell(
  { title, area, body, refresh }: Page,
  { name, codeVersion, signedIn, url }: ShellOptions,
): string {
  const { style, script } = pageAssets();
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${name}</title>
        <link rel="icon" href="${trusted(ICON)}" />
        <link rel="stylesheet" href="${style}" />
        ${
          refresh !== undefined &&
          html`<script defer src="${script}"></script>
            <noscript><meta http-equiv="refresh" content="${refresh}" /></noscript>`
        }
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <div class="page">
            <a class="brand" href="/ui">${name}</a>
            <nav aria-label="Pages">
              <ul>
                ${areas.map(
                  (each) =>
                    html`<li>
                      <a
                        href="${each === "overview" ? "/ui" : pageAddress(each)}"
                        ${each === area && html`aria-current="page"`}
                        >${titles[each]}</a
                      >
                    </li>`,
                )}
                <li><a href="/docs" ${area === "docs" && html`aria-current="page"`}>API</a></li>
              </ul>
            </nav>
            ${
              signedIn &&
              html`<form method="post" action="${pageAddress("logout")}">
                <button class="quiet" type="submit">Sign out</button>
              </form>`
            }
          </div>
        </header>
        <main id="main" class="page" tabindex="-1">
          <h1>${title}</h1>
          ${body}
        </main>
        <footer class="page"><p>mlctl ${codeVersion} · times are UTC</p></footer>
      </body>
    </html>`;
  const text = htmlText(page)
    .replace(/^[ \t]+/gm, "")
    .trimEnd();
  return `${withRelativeLinks(text, url)}\n`;
}
