/** Looks a transform up by its name. */
import type { Transform } from "../core/transform.ts";
import { transforms } from "./index.ts";

/** The transform called `type`, or undefined. */
export function findTransform(type: string): Transform | undefined {
  return Object.hasOwn(transforms, type) ? transforms[type as keyof typeof transforms] : undefined;
}
