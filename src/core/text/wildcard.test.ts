import { expect, it } from "vitest";
import { wildcard } from "./wildcard.ts";

it.each([
  ["crs_lag_*", "crs_lag_1", true],
  ["crs_lag_*", "crs_rolling_30d", false],
  ["month", "months", false],
  ["city=*", "city=oslo (N.)", true],
  ["a.b", "aXb", false],
  ["*", "anything", true],
])("%s matches %s: %s", (pattern, name, expected) => expect(wildcard(pattern)(name)).toBe(expected));
