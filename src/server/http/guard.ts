/** Checks tokens and rate limits before declared endpoints. */
import type { Access } from "./access.ts";
import type { App, Request } from "./http.ts";

/** Endpoints without scopes, and pages, which check access themselves, are not guarded. Call it before routes are registered. */
export function guardEndpoints(app: App, check: Access): void {
  app.addHook("onRoute", (route) => {
    const { scopes = [] } = route.config ?? {};
    if (scopes.length === 0) return;
    route.onRequest = async (request: Request): Promise<void> => {
      request.caller = await check({ headers: request.headers, address: request.ip, raw: request.raw }, ...scopes);
    };
  });
}
