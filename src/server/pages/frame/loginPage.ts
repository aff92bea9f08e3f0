/** The sign-in form for servers with tokens. It posts the token, so that it never appears in a URL. */
import { html } from "../../../reporting/html.ts";
import type { Page } from "./page.ts";
import { pageAddress } from "./pageAddress.ts";

export interface LoginOptions {
  /** The page to open after signing in. */
  readonly next: string;
  /** Why the last attempt failed; null on the first one. */
  readonly problem: string | null;
}

export function loginPage({ next, problem }: LoginOptions): Page {
  return {
    title: "Sign in",
    area: null,
    body: html`<section class="narrow" aria-labelledby="login-title">
      <h2 id="login-title">With a token</h2>
      ${problem !== null && html`<p class="warning" role="alert" id="problem">${problem}</p>`}
      <form class="fields" method="post" action="${pageAddress("login")}">
        <label
          >Token with the scope “read”
          <input
            type="password"
            name="token"
            autocomplete="current-password"
            required
            ${problem !== null && html`aria-describedby="problem" aria-invalid="true"`}
          />
        </label>
        <input type="hidden" name="next" value="${next}" />
        <button type="submit">Sign in</button>
      </form>
      <p class="note">
        Tokens are set in config.json (serve.token, serve.tokens). The browser stores a signed cookie for 12 hours, not
        the token.
      </p>
    </section>`,
  };
}

/** Returns `wanted` if it is a page of this server, else /ui: a sign-in must not redirect to another site. */
export function safeNext(wanted: string | null | undefined): string {
  return wanted !== null &&
    wanted !== undefined &&
    /^\/ui(\/[\w\-./%~]*)?(\?[\w\-./%~=&+*]*)?$/.test(wanted) &&
    !wanted.includes("//")
    ? wanted
    : "/ui";
}
