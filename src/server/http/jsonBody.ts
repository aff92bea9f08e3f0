/** Parses a JSON body; errors say what to send. */
import { parseExactJson } from "../../core/json.ts";
import { HttpProblem } from "./problem.ts";

/** @throws {HttpProblem} 400 if it is not JSON */
export function parseJsonBody(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (text.trim() === "") throw new HttpProblem("bad-request", "the body is empty", { hint: "send one row as JSON" });
    const reason = error instanceof Error ? error.message.slice(0, 200) : "";
    const hint = "JSON has no NaN: send null for a missing value";
    throw new HttpProblem("bad-request", `the body is not JSON: ${reason}`, /NaN/.test(reason) ? { hint } : {});
  }
}
