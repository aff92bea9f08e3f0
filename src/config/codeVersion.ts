/** The version of mlctl, as package.json has it. */
import { readFileSync } from "node:fs";

/** Two levels up from src/config and from dist/config alike. */
export function codeVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
