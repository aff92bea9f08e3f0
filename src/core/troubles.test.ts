import { expect, it } from "vitest";
import type { ProgressEvent } from "./context.ts";
import { MlctlError } from "./errors.ts";
import { reportTroubles } from "./troubles.ts";

it("a trouble is reported once when it begins, once when it ends, again when it begins again, and at exit", () => {
  const events: ProgressEvent[] = [];
  const troubles = reportTroubles({ emit: (event) => void events.push(event) }, "watch");
  const error = new MlctlError("failure", "no space", { hint: "free some" });
  for (let i = 0; i < 3; i++) troubles.begin("disk", "files wait", error);
  troubles.end("disk", (times) => `again, after ${times}`);
  troubles.end("disk", () => "never");
  for (let i = 0; i < 2; i++) troubles.begin("disk", "files wait", "no space");
  troubles.begin("other", "once", "reason");
  troubles.close();
  const told = events.map((event) => event.type === "warning" && [event.message, event.hint, event.again]);
  expect(told).toEqual([
    ["files wait: no space", "free some", true],
    ["again, after 3", undefined, true],
    ["files wait: no space", undefined, true],
    ["once: reason", undefined, true],
    ["still so at the end, met 2 times: files wait: no space", undefined, true],
  ]);
});
