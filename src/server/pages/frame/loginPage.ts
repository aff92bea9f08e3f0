/** Where tokens are configured, a browser signs in with one: a form, so that the token never stands in an address. */
import { html } from "../../../reporting/html.ts";
import type { Page } from "./page.ts";
import { pageAddress } from "./pageAddress.ts";

export interface LoginOptions {
  /** Where to go afterwards. */
  readonly next: string;
  /** Why the last try failed. */
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
        serve.token and serve.tokens in config.json say which tokens there are. The browser keeps a sealed cookie for 12
        hours, not the token.
      </p>
    </section>`,
  };
}

/** Only pages of this server: an address of another origin must not follow a sign-in. */
export function safeNext(wanted: string | null | undefined): string {
  return wanted !== null &&
    wanted !== undefined &&
    /^\/ui(\/[\w\-./%~]*)?(\?[\w\-./%~=&+*]*)?$/.test(wanted) &&
    !wanted.includes("//")
    ? wanted
    : "/ui";
}
