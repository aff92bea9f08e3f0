/** Kinds of values that several sections of config.json have. */
import { z } from "zod";
import { durationPattern } from "../../core/text/format.ts";

export const text = () => z.string().min(1);

export const texts = () => z.array(text()).default([]);

export const whole = (minimum: number) => z.number().int().min(minimum);

export const share = () => z.number().gt(0).lt(1);

export const between = (minimum: number, maximum: number) => z.number().min(minimum).max(maximum);

export const matching = (pattern: RegExp, words: string) => z.string().regex(pattern, words);

/** A list of some of these values. */
export function some<const T extends string>(values: readonly T[], usual: readonly NoInfer<T>[]) {
  return z.array(z.enum(values)).default(usual as never);
}

/** A section of settings that all have a default. */
export function section<T extends z.ZodRawShape>(description: string, settings: T) {
  return z
    .strictObject(settings)
    .prefault({} as never)
    .describe(description);
}

export const flag = (usual: boolean) => z.boolean().default(usual);

/** An object with any names; empty unless it is set. */
export function byName<T extends z.ZodType>(schema: T) {
  return z.record(z.string(), schema).default({});
}

export function choice<const T extends string>(values: readonly T[], usual: NoInfer<T>) {
  return z.enum(values).default(usual as never);
}

/** All that hides secrets reads this mark. credentials: of an address; arguments: what follows flags like --token. */
export function secret<T extends z.ZodType>(schema: T, secrecy: Secrecy = "all"): T {
  return schema.meta({ [SECRET]: secrecy });
}

export type Secrecy = "all" | "credentials" | "arguments";

export const SECRET = "secret";

export const httpHeaders = () =>
  byName(secret(z.string())).describe("HTTP headers to send, e.g. Authorization as ${NAME}");

export function orNull<T extends z.ZodType>(schema: T) {
  return z.nullable(schema).default(null);
}

const positive = `(?=.*[1-9])${durationPattern.source.slice(1, -1)}`;

export function duration(example: string) {
  return z.string().regex(durationPattern, `a duration such as ${example}`);
}

export function positiveDuration(example: string) {
  return z.string().regex(new RegExp(`^${positive}$`), `a duration such as ${example}`);
}

export function windowLength() {
  const allowed = 'a duration such as 90d, "500 rows", day, week, month or file';
  return z.string().regex(new RegExp(`^(${positive}|[1-9]\\d* rows|day|week|month|file)$`), allowed);
}
