/** Fits transforms at once, for tests. */
import { atOnce } from "../core/inTurns.ts";
import type { FittedTransform } from "../core/records/model.ts";
import { fitInTurns } from "../features/fitTransforms.ts";

export function fitTransforms(...given: Parameters<typeof fitInTurns>): FittedTransform[] {
  return atOnce(fitInTurns(...given));
}
