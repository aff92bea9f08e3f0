/** Routes to sign in and out: the form posts a token, the browser gets a signed cookie. */
import type { App } from "../../http/http.ts";
import { HttpProblem } from "../../http/problem.ts";
import { loginPage, safeNext } from "./loginPage.ts";
import type { PageAccess } from "./pageAccess.ts";
import { pageAddress } from "./pageAddress.ts";
import { cookieHeader, signedCookie } from "./pageCookie.ts";
import type { PageRenderer } from "./pageRenderer.ts";

const FORM_TYPE = "application/x-www-form-urlencoded";
const FORM_BYTES = 16_384;

const hidden = { schema: { hide: true } };

export function registerLogin(ui: App, access: PageAccess, renderer: PageRenderer): void {
  ui.addContentTypeParser(FORM_TYPE, { parseAs: "string", bodyLimit: FORM_BYTES }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  ui.get("/login", hidden, (request, reply) => {
    const next = new URLSearchParams(request.url.split("?")[1] ?? "").get("next");
    if (access.tokens.length === 0) return reply.redirect("/ui", 303);
    return renderer.send(reply, loginPage({ next: safeNext(next), problem: null }), request);
  });
  ui.post("/login", hidden, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const token = (form.get("token") ?? "").trim();
    const next = safeNext(form.get("next"));
    try {
      if (request.headers["sec-fetch-site"] === "cross-site") {
        throw new HttpProblem("forbidden", "the form was sent from another site");
      }
      await access.check?.({ headers: { authorization: `Bearer ${token}` }, address: request.ip }, "read");
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      const problem = error.status === 401 ? "This token is not valid." : `${error.message}.`;
      return renderer.send(reply.code(error.status).headers(error.headers), loginPage({ next, problem }), request);
    }
    const secure = request.headers["x-forwarded-proto"] === "https";
    return reply.header("set-cookie", cookieHeader(signedCookie(token, access.now()), { secure })).redirect(next, 303);
  });
  ui.post("/logout", hidden, (_request, reply) =>
    reply.header("set-cookie", cookieHeader("", { secure: false })).redirect(pageAddress("login"), 303),
  );
}
