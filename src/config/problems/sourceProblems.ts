/** Checks `ingest.sources`: an address of a known kind, and only the settings of that kind. */
import type { Config, ConfigProblem } from "../schema/schema.ts";

const KINDS = { "https:": "https", "http:": "https", "s3:": "s3", "postgres:": "postgres", "postgresql:": "postgres" };
const SETTINGS = {
  headers: "https",
  paging: "https",
  pattern: "s3",
  query: "postgres",
  watermark: "postgres",
} as const;

/** The messages repeat no address, because it may contain a password. */
export function sourceProblems({ ingest }: Pick<Config, "ingest">): ConfigProblem[] {
  return ingest.sources.flatMap((source, i) => {
    const at = `ingest.sources.${i}`;
    const { url, for: _for, ...settings } = typeof source === "string" ? { url: source, for: null } : source;
    const kind = KINDS[(/^\w+:(?=\/\/)/.exec(url)?.[0] ?? "") as keyof typeof KINDS];
    const path = typeof source === "string" ? at : `${at}.url`;
    if (kind === undefined)
      return [
        { path, message: "is not an address; allowed https://…, s3://bucket/prefix, postgres://user@host/database" },
      ];
    const query = (settings as { readonly query?: string | null }).query ?? null;
    if (kind === "postgres" && query === null)
      return [{ path: `${at}.query`, message: "missing, postgres:// needs the SELECT whose rows are read" }];
    return Object.entries(settings).flatMap(([key, value]) => {
      const needed = SETTINGS[key as keyof typeof SETTINGS];
      const isSet = value !== null && Object.keys(value as object).length > 0;
      return isSet && needed !== kind
        ? [{ path: `${at}.${key}`, message: `only sources of ${needed}:// have it` }]
        : [];
    });
  });
}
