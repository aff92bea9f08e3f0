/** Decides on colours for each stream separately. Colour never adds information that the words lack. */
import { Chalk, type ChalkInstance } from "chalk";
import type { Environment } from "../core/userFolder.ts";

export type Colours = Pick<ChalkInstance, "bold" | "dim" | "red" | "yellow" | "green">;

export interface ColourStream {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

/** `allowed` is false for --no-color. */
export function coloursFor(stream: ColourStream, environment: Environment, allowed: boolean): Colours {
  return new Chalk({ level: allowed && wantsColour(stream, environment) ? 1 : 0 });
}

/** FORCE_COLOR and NO_COLOR count if set and not empty, see https://force-color.org and https://no-color.org. */
function wantsColour(stream: ColourStream, environment: Environment): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: term } = environment;
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  if ((none !== undefined && none !== "") || term === "dumb" || stream.isTTY !== true) return false;
  return stream.hasColors?.() ?? false;
}
