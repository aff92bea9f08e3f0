/** The sign-in page and its routes: the form posts the token, so that it is in no URL; the browser gets a signed cookie. */
import { html } from "../../../reporting/html.ts";
import type { BodyReader } from "../../http/bodyReader.ts";
import { addBodyType, type App } from "../../http/http.ts";
import type { Scope } from "../../http/access.ts";
import { HttpProblem } from "../../http/problem.ts";
import { pageAddress, relativeAddress, type Page } from "./page.ts";
import { type PageAccess, cookieHeader, signedCookie } from "./pageAccess.ts";
import type { PageRenderer } from "./pageRenderer.ts";

const FORM_TYPE = "application/x-www-form-urlencoded";
const FORM_BYTES = 16_384;

export function registerLogin(
  ui: App,
  { access, renderer, bodies }: { access: PageAccess; renderer: PageRenderer; bodies: BodyReader },
): void {
  addBodyType(ui, FORM_TYPE, bodies, { bytes: FORM_BYTES, parse: (text) => new URLSearchParams(text) });
  ui.get("/login", { config: { fields: ["next"] } }, (request, reply) => {
    const next = new URLSearchParams(request.url.split("?")[1] ?? "").get("next");
    if (access.tokens.length === 0) return reply.redirect(relativeAddress(request.url, "/ui"), 303);
    return renderer.send(reply, loginPage(safeNext(next), null), request);
  });
  ui.post("/login", async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const token = (form.get("token") ?? "").trim();
    const may = async (scope: Scope): Promise<unknown> =>
      access.check?.({ headers: { authorization: `Bearer ${token}` }, address: request.ip }, scope);
    let next = safeNext(form.get("next"));
    try {
      if (request.headers["sec-fetch-site"] === "cross-site")
        throw new HttpProblem("forbidden", "the form was sent from another site");
      await may("read").catch((error: unknown) => {
        if (!(error instanceof HttpProblem) || error.status !== 403) throw error;
        // The only page for a token that may only predict.
        next = pageAddress("docs");
        return may("predict");
      });
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      const problem = error.status === 401 ? "This token is not valid." : `${error.message}.`;
      return renderer.send(reply.code(error.status).headers(error.headers), loginPage(next, problem), request);
    }
    const secure = request.headers["x-forwarded-proto"] === "https";
    const cookie = cookieHeader(signedCookie(token, access.now()), { secure });
    return reply.header("set-cookie", cookie).redirect(relativeAddress(request.url, next), 303);
  });
  ui.post("/logout", (request, reply) =>
    reply
      .header("set-cookie", cookieHeader("", { secure: false }))
      .redirect(relativeAddress(request.url, pageAddress("login")), 303),
  );
}

/** @param next the page to open after signing in @param problem why the last attempt failed; null on the first one */
function loginPage(next: string, problem: string | null): Page {
  return {
    title: "Sign in",
    area: null,
    body: html`<section class="narrow" aria-labelledby="login-title">
      <h2 id="login-title">With a token</h2>
      ${problem !== null && html`<p class="warning" role="alert" id="problem">${problem}</p>`}
      <form class="fields" method="post" action="${pageAddress("login")}">
        <label
          >Token with the scope “read”, or “predict” for the page API
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
function safeNext(wanted: string | null): string {
  return typeof wanted === "string" &&
    /^\/ui(\/[\w\-./%~]*)?(\?[\w\-./%~=&+*]*)?$/.test(wanted) &&
    !wanted.includes("//")
    ? wanted
    : "/ui";
}
