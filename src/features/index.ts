/** Every transform by the name it has in config.json. */
import type { Transform } from "../core/transform.ts";
import { dateParts } from "./dateParts.ts";
import { drop } from "./drop.ts";
import { impute } from "./impute.ts";
import { oneHot } from "./oneHot.ts";
import { select } from "./select.ts";
import { standardize } from "./standardize.ts";

export const transforms = {
  date_parts: dateParts,
  drop,
  impute,
  one_hot: oneHot,
  select,
  standardize,
} satisfies Record<string, Transform>;
