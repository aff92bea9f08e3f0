/** `database` of config.json: the path of a SQLite file, or the address of a Postgres database. */

export interface DatabaseAddress {
  readonly url: string;
  /** The name of the workspace in the database: `?workspace=NAME`, "default" without one. */
  readonly workspace: string;
  readonly shown: string;
}

export function databaseAddress(database: string): DatabaseAddress | undefined {
  if (!isAddress(database) || addressProblem(database) !== undefined) return undefined;
  const url = new URL(database);
  const workspace = url.searchParams.get("workspace") ?? DEFAULT;
  url.searchParams.delete("workspace");
  const shown = `${url.href.replace(/\?.*$/s, "")}${workspace === DEFAULT ? "" : `?workspace=${workspace}`}`;
  return { url: url.href, workspace, shown };
}

/** Why the address cannot be used, in words that do not repeat it, because it may contain a password; undefined: it can. */
export function addressProblem(database: string): string | undefined {
  if (!isAddress(database)) return undefined;
  if (!URL.canParse(database)) return "is not a valid address; write postgres://user@host:5432/database";
  const { password, searchParams, pathname } = new URL(database);
  if (password !== "" || [...searchParams.keys()].some((key) => /password/i.test(key)))
    return "contains a password; set PGPASSWORD or write it to ~/.pgpass, and leave postgres://user@host/database here";
  if (pathname.length < 2) return "names no database; write postgres://user@host/database";
  const name = searchParams.get("workspace") ?? DEFAULT;
  if (!/^[\w.-]{1,100}$/.test(name)) return "has a workspace with other characters than letters, digits, _, - and .";
  return undefined;
}

const DEFAULT = "default";

export function isAddress(database: string): boolean {
  return /^postgres(ql)?:\/\//i.test(database);
}
