/** One parameter of a model family or option of a transform, and its allowed values, for validation, help and search. */
import type { Json } from "./json.ts";
import { suggest } from "./text/suggest.ts";

export interface ParamSpec {
  readonly name: string;
  /**
   * "choices": a list of `choices`; "texts": of strings; "scalar": a number or a string. "directions": by feature 1
   * (increasing), −1 or 0. "groups": a list of lists of features.
   */
  readonly type: keyof typeof kinds;
  /** Null: not set; the description says what happens then. */
  readonly default: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
}

/** A number above 0. */
export const positive = { type: "number", minimum: 0, exclusiveMinimum: true } as const;

/** The entry of a parameter: its type, default and limits, and what it does. */
export function param(name: string, values: Omit<ParamSpec, "name" | "description">, description: string): ParamSpec {
  return { name, ...values, description };
}

const isText = (value: Json): boolean => typeof value === "string";
const isNumber = (value: Json): boolean => typeof value === "number" && Number.isFinite(value);
const isObject = (value: Json): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: Json, isEntry: (entry: Json) => boolean): boolean =>
  Array.isArray(value) && (value as Json[]).every(isEntry);

/** What a value is called, and whether it is one; limits and choices are checked too. */
const kinds = {
  number: ["a number", isNumber],
  integer: ["a whole number", Number.isInteger],
  boolean: ["true or false", (value: Json) => typeof value === "boolean"],
  text: ["a string", isText],
  choice: ["", isText],
  scalar: ["a number or a string", (value: Json) => isText(value) || isNumber(value)],
  integers: ["a list of whole numbers", (value: Json) => isList(value, Number.isInteger) && String(value) !== ""],
  texts: ["a list of strings", (value: Json) => isList(value, isText)],
  choices: ["a list of ", (value: Json) => isList(value, isText)],
  object: ["an object", isObject],
  directions: [
    'an object of features with 1, 0 or -1, e.g. { "price": -1 }',
    (value: Json) => isObject(value) && Object.values(value as object).every((sign) => [1, 0, -1].includes(sign)),
  ],
  groups: [
    'lists of features, e.g. [["a", "b"], ["c"]]',
    (value: Json) => isList(value, (group) => isList(group, isText)),
  ],
} as const satisfies Record<string, readonly [string, (value: Json) => boolean]>;

/** What to give in place of a value; undefined if it is allowed. */
export function correction(spec: ParamSpec, value: Json): string | undefined {
  const { minimum = -Infinity, maximum = Infinity, choices = [], exclusiveMinimum = false } = spec;
  if (value === null && spec.default === null) return undefined;
  const [words, isKind] = kinds[spec.type];
  const isWithin = (each: Json): boolean => {
    if (typeof each !== "number") return spec.choices === undefined || choices.includes(each as string);
    return each <= maximum && (exclusiveMinimum ? each > minimum : each >= minimum);
  };
  const wrong = [value].flat().find((each: Json) => !isWithin(each));
  if (isKind(value) && wrong === undefined) return undefined;
  const close = typeof wrong === "string" ? suggest(wrong, choices) : undefined;
  if (close !== undefined) return `did you mean "${close}"?`;
  const bounds = [
    ...(spec.minimum === undefined ? [] : [`${exclusiveMinimum ? "above" : "at least"} ${minimum}`]),
    ...(spec.maximum === undefined ? [] : [`at most ${maximum}`]),
  ].join(", ");
  const named = choices.map((choice) => `"${choice}"`).join(", ");
  const orNull = spec.default === null ? " or null" : "";
  return `allowed: ${words}${named}${bounds === "" ? "" : ` ${bounds}`}${orNull}`;
}
