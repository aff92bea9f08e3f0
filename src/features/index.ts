/** All transforms by their name in config.json. */
import { MlctlError } from "../core/errors.ts";
import type { Transform } from "../core/transform.ts";
import { branchesOf } from "./branches.ts";
import { clip } from "./clip.ts";
import { cyclical } from "./cyclical.ts";
import { dateParts } from "./dateParts.ts";
import { elapsed } from "./elapsed.ts";
import { flagDay } from "./flagDay.ts";
import { group } from "./group.ts";
import { impute } from "./impute.ts";
import { lag } from "./lag.ts";
import { log } from "./log.ts";
import { map } from "./map.ts";
import { oneHot } from "./oneHot.ts";
import { ordinal } from "./ordinal.ts";
import { ratio } from "./ratio.ts";
import { rolling } from "./rolling.ts";
import { round } from "./round.ts";
import { drop, select } from "./select.ts";
import { standardize } from "./standardize.ts";
import { targetEncode } from "./targetEncode.ts";
import { asText, hashText, textLength } from "./text.ts";

export const transforms = {
  as_text: asText,
  clip,
  cyclical,
  date_parts: dateParts,
  drop,
  elapsed,
  flag_day: flagDay,
  group,
  hash_text: hashText,
  impute,
  lag,
  log,
  map,
  one_hot: oneHot,
  ordinal,
  ratio,
  rolling,
  round,
  select,
  standardize,
  target_encode: targetEncode,
  text_length: textLength,
} satisfies Record<string, Transform>;

/** Made by mlctl, not in config.json. */
const branches = branchesOf(requireTransform) as unknown as Transform;

export function findTransform(type: string): Transform | undefined {
  if (type === branches.type) return branches;
  return Object.hasOwn(transforms, type) ? transforms[type as keyof typeof transforms] : undefined;
}

/** The transform of a model. @throws {MlctlError} kind "data" if this version does not know it */
export function requireTransform(type: string): Transform {
  const found = findTransform(type);
  if (found !== undefined) return found;
  const message = `the model uses the transform "${type}", which this version of mlctl does not support`;
  throw new MlctlError("data", message, { hint: "update mlctl or train again" });
}
