/** Every command in the order of the help. Definitions only: what is heavy is imported inside `run`. */
import type { Command } from "./command.ts";
import { completion } from "./completion.ts";
import { config } from "./config.ts";
import { init } from "./init.ts";

export const commands: readonly Command[] = [init, config, completion];
