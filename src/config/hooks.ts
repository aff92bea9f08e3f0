/** What a config.json would run or call, each with a hash of all that decides on it. */
import { createHash } from "node:crypto";
import { bucketAddress } from "../core/text/bucketAddress.ts";
import { isAddress } from "../core/databaseAddress.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { canonical } from "./configSha256.ts";
import { valueAt, type Path } from "./jsonPath.ts";
import { PAGERDUTY_URL } from "./schema/monitorSchema.ts";
import { withoutCredentials, wordWithoutSecret } from "./recordableConfig.ts";

export interface Hook {
  /** Key of config.json: "alerts.0", "watch.source", "schedule.1", "ingest.sources.0", "workers.launch". */
  readonly key: string;
  /** For people: what it does, and with what. A command is shown as it will run. */
  readonly action: string;
  readonly sha256: string;
}

/**
 * A job without arguments is not listed: it does what the same command does by hand.
 * @param config with `${NAME}` resolved: what exists, and where it points
 * @param file as written: what is hashed, so that a new value of a variable does not ask again
 * @param options.isFromFile false for keys that flags or variables set, which are the user's own
 * @param options.variables of mlctl.env, which may be a stranger's as well: their values are hashed
 */
export function hooksOf(
  config: Json,
  file: Json,
  { isFromFile, variables }: { isFromFile: (key: string) => boolean; variables: ReadonlyMap<string, Json> },
): Hook[] {
  /** A setting with one value; `of` gets it resolved and as written. */
  const one = (key: string, of: (value: string, written: Json) => Omit<FoundHook, "key"> | undefined): FoundHook[] => {
    const [value, written] = [config, file].map((each) => valueAt(each, key.split(".")));
    const hook = typeof value === "string" ? of(value, (written ?? value) as Json) : undefined;
    return hook === undefined ? [] : [{ key, ...hook }];
  };
  const server = (key: string, what: string): FoundHook[] =>
    one(key, (address, written) => {
      if (!isAddress(address) && bucketAddress(address) === undefined) return undefined;
      const does = { [key]: written };
      return { does, action: `keeps its ${what} in ${quoted(place(address))}${sent(does)}` };
    });
  const found = [
    ...entries(config, file, ["alerts"]).map(alertHook),
    ...entries(config, file, ["schedule"]).flatMap(jobHook),
    ...one("watch.source", (address, source) => {
      const does = { source, headers: (valueAt(file, ["watch", "download", "headers"]) ?? {}) as Json };
      return { does, action: `reads files from ${quoted(place(address))}${sent(does)}` };
    }),
    ...one("train.distributed.launch", launch),
    ...one("workers.launch", launch),
    ...server("database", "records"),
    ...server("artifacts", "models and datasets"),
    ...sourceHooks(config, file),
  ];
  return found
    .filter(({ key }) => isFromFile(key))
    .map(({ key, action, does }) => {
      // A command reads $NAME in its shell.
      const used = variablesIn(does, /\$\{?(\w+)/g).filter((name) => variables.has(name));
      const values = used.map((name) => [name, variables.get(name)!]);
      return { key, action, sha256: hash(used.length === 0 ? does : [does, values]) };
    });
}

interface FoundHook extends Pick<Hook, "key" | "action"> {
  readonly does: Json;
}

interface Entry {
  readonly key: string;
  readonly resolved: JsonObject;
  /** Is `resolved` where a variable contains the whole entry: its text says nothing. */
  readonly written: JsonObject;
}

function entries(config: Json, file: Json, path: Path): Entry[] {
  const list = valueAt(config, path);
  return (Array.isArray(list) ? (list as JsonObject[]) : []).map((resolved, i) => {
    const written = valueAt(file, [...path, i]);
    const isObject = typeof written === "object" && written !== null;
    return { key: [...path, i].join("."), resolved, written: isObject ? (written as JsonObject) : resolved };
  });
}

function alertHook({ key, resolved, written }: Entry): FoundHook {
  const { command, url, headers, smtp, to, from, routing_key } = written;
  const does = { type: resolved["type"], command, url, headers, smtp, to, from, routing_key } as JsonObject;
  if (resolved["type"] === "command") return { key, does, action: `runs ${quoted(command)}` };
  if (resolved["type"] !== "email")
    return { key, does, action: `sends alerts to ${quoted(host(resolved["url"] ?? PAGERDUTY_URL))}${sent(does)}` };
  return {
    key,
    does,
    action: `sends e-mail to ${quoted(resolved["to"])} over ${quoted(host(resolved["smtp"]))}${sent(does)}`,
  };
}

function jobHook({ key, resolved, written }: Entry): FoundHook[] {
  const { name, command, args } = resolved;
  const words = Array.isArray(args) ? args.map(text) : [];
  if (words.length === 0) return [];
  const verb = text(command ?? name);
  const shown = words.map((word, i) => wordWithoutSecret(word, words[i - 1] ?? ""));
  const action = `runs mlctl ${quoted([verb, ...shown].join(" "))}`;
  return [{ key, does: { verb, args: written["args"] ?? [] }, action }];
}

const launch = (_: string, command: Json) => ({ does: { command }, action: `runs ${quoted(command)}` });

function sourceHooks(config: Json, file: Json): FoundHook[] {
  const path = ["ingest", "sources"];
  const sources = valueAt(config, path);
  return (Array.isArray(sources) ? sources : []).map((source: Json, i) => {
    const key = [...path, i].join(".");
    const written = (valueAt(file, [...path, i]) ?? source) as Json;
    const url = typeof source === "string" ? source : text((source as JsonObject)["url"]);
    const query = text(typeof source === "string" ? undefined : (source as JsonObject)["query"]);
    const asks = query === "" ? "" : ` by ${quoted(query)}`;
    return { key, does: { source: written }, action: `reads rows from ${quoted(place(url))}${asks}${sent(written)}` };
  });
}

/** As it will be called: a backslash is a slash, and what is before "@" is no host. The path of a webhook works like a password. */
function host(address: Json | undefined): string {
  if (!URL.canParse(text(address))) return withoutCredentials(text(address));
  const { protocol, host: name } = new URL(text(address));
  return `${protocol}//${name}`;
}

function place(address: string): string {
  return URL.canParse(address) ? `${host(address)}${new URL(address).pathname}` : withoutCredentials(address);
}

/** Line breaks and invisible characters as escapes: they could hide a part of a command from its reader. */
function quoted(value: Json | undefined): string {
  return JSON.stringify(text(value)).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
}

const escaped = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** @param pattern by default, what mlctl replaces */
function variablesIn(does: Json, pattern = /\$\{(\w+)/g): string[] {
  return [...new Set([...JSON.stringify(does).matchAll(pattern)].map(([, name]) => name!))].toSorted();
}

/** The variables whose values an address or a header receives. */
function sent(does: Json): string {
  const names = variablesIn(does);
  return names.length === 0 ? "" : `, with the value of ${names.join(", ")}`;
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

export function hash(value: Json): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}
