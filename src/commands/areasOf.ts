/** Parses `--fail-on drift,performance`. */
import { MlctlError } from "../core/errors.ts";
import type { MonitorArea } from "../core/records/monitoring.ts";
import { suggest } from "../core/text/suggest.ts";

const areas: readonly MonitorArea[] = ["drift", "quality", "performance"];

/** @throws {MlctlError} kind "usage" for an unknown area */
export function areasOf(text: string | undefined): MonitorArea[] {
  return (text ?? "")
    .split(",")
    .filter((name) => name.trim() !== "")
    .map((given) => {
      const area = areas.find((name) => name === given.trim());
      if (area !== undefined) return area;
      const near = suggest(given.trim(), areas);
      throw new MlctlError("usage", `--fail-on: unknown area "${given.trim()}"`, {
        hint: near === undefined ? `use ${areas.join(", ")}` : `did you mean "${near}"?`,
      });
    });
}
