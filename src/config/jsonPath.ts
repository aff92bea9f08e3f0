/** Reads, sets, removes and lists values in JSON by path. */
import { isObject, type Json } from "../core/json.ts";

export type Path = readonly (string | number)[];

export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A copy of `root` with `value` at `path`; creates missing objects on the way. */
export function withValueAt(root: Json, path: Path, value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root))
    return root.map((item: Json, i) => (i === Number(key) ? withValueAt(item, rest, value) : item));
  const object = isObject(root) ? root : {};
  const below = Object.hasOwn(object, key) ? object[key]! : {};
  const others = Object.entries(object).filter(([name]) => name !== String(key));
  return Object.fromEntries([...others, [key, withValueAt(below, rest, value)]]);
}

/** A copy of `root` without the key at `path`. Entries of lists are not removed, so that positions do not shift. */
export function withoutValueAt(root: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined) return root;
  if (Array.isArray(root)) return root.map((item: Json, i) => (i === Number(key) ? withoutValueAt(item, rest) : item));
  if (!isObject(root)) return root;
  const entries = Object.entries(root);
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([name]) => name !== String(key))
      : entries.map(([name, item]) => [name, name === String(key) ? withoutValueAt(item, rest) : item]),
  );
}

export function mapStrings(value: Json, replace: (text: string, path: Path) => Json, path: Path = []): Json {
  if (typeof value === "string") return replace(value, path);
  if (Array.isArray(value)) return value.map((item: Json, i) => mapStrings(item, replace, [...path, i]));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, mapStrings(item, replace, [...path, key])]);
  return Object.fromEntries(entries);
}

export function scalars(value: Json, path: Path = []): { path: Path; value: string | number | boolean }[] {
  if (value === null) return [];
  if (typeof value !== "object") return [{ path, value }];
  return Object.entries(value).flatMap(([key, item]) => scalars(item as Json, [...path, key]));
}

/** Path and value of everything that is not an object; lists and empty objects count as leaves. */
export function leaves(value: Json, path: Path = []): { path: Path; value: Json }[] {
  if (!isObject(value) || Object.keys(value).length === 0) return [{ path, value }];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}
