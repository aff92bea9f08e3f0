import { expect, it } from "vitest";
import { jobEnvironment } from "./executeJob.ts";

it("passes every variable to a job except those that name the workspace", () => {
  const own = { MLCTL_DIRECTORY: "sub", MLCTL_CONFIG: "sub/config.json", MLCTL_TARGET: "y", PATH: "/bin" };
  expect(jobEnvironment(own)).toEqual({ MLCTL_TARGET: "y", PATH: "/bin" });
});
