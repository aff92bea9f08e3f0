import { it } from "vitest";
import { expectSameAnswers } from "./expectSameAnswers.ts";

it.each(["attrition", "crs"] as const)("predict, serve and score agree: %s", expectSameAnswers);
