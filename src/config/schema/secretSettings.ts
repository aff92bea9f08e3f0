/** The settings that the schema marks as secret (`secret` in values.ts). */
import { z } from "zod";
import type { Path } from "../jsonPath.ts";
import { SECRET, type Secrecy } from "./values.ts";

export interface SecretSetting {
  /** Keys from the root; "*" is any key or position. */
  readonly path: readonly string[];
  readonly secrecy: Secrecy;
}

/** What the kinds of zod's schemas contain. */
interface Parts {
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly options?: readonly z.core.$ZodType[];
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
}

const found = new WeakMap<z.core.$ZodType, readonly SecretSetting[]>();

/**
 * Read from the schema itself, because building its JSON Schema would cost 25 ms; a section at a time, because most
 * configurations have none of those with secrets.
 * @param sections keys of the root; default: all
 */
export function secretSettings(schema: z.ZodObject, sections = Object.keys(schema.shape)): readonly SecretSetting[] {
  return sections.flatMap((key) => {
    const section = Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
    if (section === undefined) return [];
    const known = found.get(section) ?? walk(section, [key]);
    found.set(section, known);
    return known;
  });
}

function walk(schema: z.core.$ZodType, path: readonly string[]): SecretSetting[] {
  const secrecy = z.globalRegistry.get(schema)?.[SECRET] as Secrecy | undefined;
  if (secrecy !== undefined) return [{ path, secrecy }];
  const { shape = {}, options = [], innerType, element, valueType } = (schema as z.ZodType).def as Parts;
  const same = innerType === undefined ? options : [innerType];
  const below = [element, valueType].filter((each) => each !== undefined);
  return [
    ...Object.entries(shape).flatMap(([key, child]) => walk(child, [...path, key])),
    ...same.flatMap((child) => walk(child, path)),
    ...below.flatMap((child) => walk(child, [...path, "*"])),
  ];
}

/** The mark of the setting at or above a path; undefined: it is not secret. */
export function secrecyOf(settings: readonly SecretSetting[], at: Path): Secrecy | undefined {
  return settings.find(({ path }) => isUnder(at, path))?.secrecy;
}

/** Whether a path is the other one or below it; "*" matches any key. */
export function isUnder(path: Path, above: Path): boolean {
  return (
    above.length <= path.length &&
    above.every((key, i) => key === "*" || path[i] === "*" || String(key) === String(path[i]))
  );
}
