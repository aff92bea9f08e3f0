/** Looks up a transform by its name in config.json. */
import type { Transform } from "../core/transform.ts";
import { transforms } from "./index.ts";

export function findTransform(type: string): Transform | undefined {
  return Object.hasOwn(transforms, type) ? transforms[type as keyof typeof transforms] : undefined;
}
