/** What a config.json would run or call, each with a hash of all that decides on it. */
import { bucketAddress } from "../core/text/bucketAddress.ts";
import { isAddress } from "../core/databaseAddress.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { sha256Json } from "./configSha256.ts";
import { valueAt } from "./jsonPath.ts";
import { PAGERDUTY_URL } from "./schema/monitorSchema.ts";
import { withoutCredentials, wordWithoutSecret } from "./recordableConfig.ts";

export interface Hook {
  /** Key of config.json: "alerts.0", "watch.source", "schedule.1", "ingest.sources.0", "workers.launch". */
  readonly key: string;
  /** For people: what it does, and with what. A command is shown as it will run. */
  readonly action: string;
  readonly sha256: string;
}

interface Entry {
  readonly key: string;
  readonly value: Json;
  /** Is `value` where a variable contains all of it: its text says nothing. */
  readonly written: Json;
}

/** What is hashed, and `action`. */
type Describe = (entry: Entry) => (Pick<Hook, "action"> & { readonly does: Json }) | undefined;

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
  const headers = (valueAt(file, ["watch", "download", "headers"]) ?? {}) as Json;
  const kinds: Readonly<Record<string, Describe>> = {
    alerts: alertHook,
    schedule: jobHook,
    "watch.source": ({ value, written }) => {
      const does = { source: written, headers };
      return { does, action: `reads files from ${quoted(place(text(value)))}${sent(does)}` };
    },
    "train.distributed.launch": launch,
    "workers.launch": launch,
    database: (entry) => server(entry, "records"),
    artifacts: (entry) => server(entry, "models and datasets"),
    "ingest.sources": sourceHook,
  };
  const entries = Object.entries(kinds).flatMap(([key, describe]) =>
    entriesOf(config, file, key).map((entry) => ({ key: entry.key, hook: describe(entry) })),
  );
  return entries.flatMap(({ key, hook }) => {
    if (hook === undefined || !isFromFile(key)) return [];
    const { action, does } = hook;
    // A command reads $NAME in its shell.
    const used = variablesIn(does, /\$\{?(\w+)/g).filter((name) => variables.has(name));
    const values = used.map((name) => [name, variables.get(name)!]);
    return [{ key, action, sha256: sha256Json(used.length === 0 ? does : [does, values]) }];
  });
}

/** The entries of a list, or the one string; nothing else runs or calls anything. */
function entriesOf(config: Json, file: Json, key: string): Entry[] {
  const path = key.split(".");
  const given = valueAt(config, path) as Json | undefined;
  const paths = Array.isArray(given)
    ? given.map((_, i) => [...path, String(i)])
    : typeof given === "string"
      ? [path]
      : [];
  return paths.map((at) => {
    const [value, written] = [config, file].map((each) => valueAt(each, at) as Json);
    const isText = typeof written === "string" && typeof value === "object";
    return { key: at.join("."), value: value!, written: isText ? value! : (written ?? value!) };
  });
}

function alertHook({ value, written }: Entry) {
  const [resolved, given] = [value, written] as JsonObject[];
  const { command, url, headers, smtp, to, from, routing_key } = given!;
  const { type } = resolved!;
  const does = { type, command, url, headers, smtp, to, from, routing_key } as JsonObject;
  if (type === "command") return { does, action: `runs ${quoted(command)}` };
  if (type !== "email")
    return { does, action: `sends alerts to ${quoted(host(resolved!["url"] ?? PAGERDUTY_URL))}${sent(does)}` };
  const over = `over ${quoted(host(resolved!["smtp"]))}`;
  return { does, action: `sends e-mail to ${quoted(resolved!["to"])} ${over}${sent(does)}` };
}

function jobHook({ value, written }: Entry) {
  const { name, command, args } = value as JsonObject;
  const words = Array.isArray(args) ? args.map(text) : [];
  if (words.length === 0) return undefined;
  const verb = text(command ?? name);
  const shown = words.map((word, i) => wordWithoutSecret(word, words[i - 1] ?? ""));
  const does = { verb, args: (written as JsonObject)["args"] ?? [] };
  return { does, action: `runs mlctl ${quoted([verb, ...shown].join(" "))}` };
}

const launch = ({ written }: Entry) => ({ does: { command: written }, action: `runs ${quoted(written)}` });

function server({ key, value, written }: Entry, what: string) {
  const address = text(value);
  if (!isAddress(address) && bucketAddress(address) === undefined) return undefined;
  const does = { [key]: written };
  return { does, action: `keeps its ${what} in ${quoted(place(address))}${sent(does)}` };
}

function sourceHook({ value, written }: Entry) {
  const { url, query }: JsonObject = typeof value === "string" ? { url: value } : (value as JsonObject);
  const asks = text(query) === "" ? "" : ` by ${quoted(query)}`;
  const action = `reads rows from ${quoted(place(text(url)))}${asks}${sent(written)}`;
  return { does: { source: written }, action };
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
