import { it } from "vitest";
import { expectSameAnswers } from "./expectSameAnswers.ts";

it.each(["traffic", "churn", "course"] as const)("predict, serve and score agree: %s", expectSameAnswers);
