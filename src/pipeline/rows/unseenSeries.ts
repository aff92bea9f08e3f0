/** Reports series that training did not see: they have no history to look back on. */
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import { listed } from "../../core/text/listed.ts";
import { historyGaps } from "../../features/history.ts";
import { findTransform } from "../../features/index.ts";

/** Maximum number of names in a note. */
const NAMED = 3;

/** The columns that tell the series of a model apart; empty for one series, or a model that does not look back. */
export function seriesColumnsOf({ transforms }: Pick<Model, "transforms">): string[] {
  return [...new Set(transforms.flatMap(({ type, state }) => findTransform(type)?.looksBack?.(state).by ?? []))];
}

/** Names of the series in `table` that training did not see, in the order of the rows. */
export function unseenSeries({ transforms }: Pick<Model, "transforms">, table: Table): Set<string> {
  if (seriesColumnsOf({ transforms }).length === 0) return new Set();
  return new Set((historyGaps(transforms)?.(table) ?? []).flatMap((gap) => gap?.unseen ?? []));
}

/** One note for all of them. */
export function unseenNote(names: ReadonlySet<string>): string[] {
  if (names.size === 0) return [];
  const [series, has] = names.size === 1 ? ["1 series was", "has"] : [`${names.size} series were`, "have"];
  return [`${series} not seen in training and ${has} no history: ${listed([...names], NAMED, "; ")}`];
}
