/** Settings that the schema knows and this version does not use yet: told, so that nobody waits for an alert in vain. */
import { valueAt } from "./jsonPath.ts";
import { configSchema, type Config } from "./schema.ts";

const pending = ["monitor.drift.rules"];

/**
 * One sentence for each section that is not as it is by default.
 * @param sources where each value that was set comes from, by key
 */
export function settingsWithoutEffect(config: Config, sources: ReadonlyMap<string, string>): string[] {
  const usual = configSchema().parse({ target: config.target });
  const changed = pending.filter((name) => textAt(config, name) !== textAt(usual, name));
  return changed.map((name) => {
    const source = [...sources].find(([key]) => key === name || key.startsWith(`${name}.`))?.[1] ?? "config.json";
    return `${source}: "${name}" has no effect in this version of mlctl`;
  });
}

function textAt(config: Config, name: string): string {
  return JSON.stringify(valueAt(config, name.split(".")));
}
