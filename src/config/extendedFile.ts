/**
 * `"extends": "base.json"`: the files that a config.json builds on, as one. Their text counts as if it stood in config.json,
 * so that folders are relative to the workspace and two environments never share their models by accident; only the path
 * after `extends` is relative to its own file.
 */
import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { type Json, type JsonObject, isObject } from "../core/json.ts";
import type { ParsedJson } from "./jsonc.ts";
import { leaves } from "./jsonPath.ts";

export interface ExtendedFile {
  readonly value: Json;
  /** "base.json:12" for each value, by its path joined with dots. */
  readonly places: ReadonlyMap<string, string>;
  readonly bases: readonly string[];
}

/** Objects are merged, lists replaced. @throws {MlctlError} kind "usage" for a missing or circular file */
export function extendedFile(path: string, read: (path: string, name: string) => ParsedJson): ExtendedFile {
  const workspace = dirname(path);
  const load = (file: string, above: readonly string[]): ExtendedFile => {
    const name = relative(workspace, file);
    const { value, positions } = read(file, name);
    const lineOf = (key: string): string => `${name}:${positions.get(key)?.line ?? 1}`;
    const places = new Map([...positions.keys()].map((key) => [key, lineOf(key)]));
    if (!isObject(value) || !Object.hasOwn(value, "extends")) return { value, places, bases: [] };
    const { extends: given, ...own } = value as JsonObject;
    const base = baseOf(given, file, lineOf("extends"));
    const chain = [...above, file];
    if (chain.includes(base)) {
      const names = [...chain, base].map((each) => relative(workspace, each)).join(" → ");
      const message = `${lineOf("extends")}: extends: a file extends itself: ${names}`;
      throw new MlctlError("usage", message, { hint: "remove one of them" });
    }
    const below = load(base, chain);
    const replaced = leaves(own).map(({ path: each }) => `${each.join(".")}.`);
    const kept = [...below.places].filter(([key]) => !replaced.some((prefix) => key.startsWith(prefix)));
    const all = new Map([...kept, ...places]);
    return { value: merged(below.value, own), places: all, bases: [base, ...below.bases] };
  };
  return load(path, []);
}

function baseOf(given: Json | undefined, file: string, place: string): string {
  if (typeof given !== "string" || given === "")
    throw new MlctlError("usage", `${place}: extends: expected the path of a file`, { hint: '"extends": "base.json"' });
  const base = resolve(dirname(file), given);
  if (existsSync(base)) return base;
  const hint = `it is relative to ${file}`;
  throw new MlctlError("usage", `${place}: extends: there is no file ${base}`, { hint });
}

function merged(base: Json, own: Json): Json {
  if (!isObject(base) || !isObject(own)) return own;
  const [below, above] = [base as JsonObject, own as JsonObject];
  const replaced = Object.entries(above).map(([key, value]) => {
    return [key, Object.hasOwn(below, key) ? merged(below[key]!, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(replaced) };
}
