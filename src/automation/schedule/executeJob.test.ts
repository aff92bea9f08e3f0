import { expect, it } from "vitest";
import { jobEnvironment } from "./executeJob.ts";

it("leaves a job every variable but those that name the workspace, which its command line does", () => {
  const own = { MLCTL_DIRECTORY: "sub", MLCTL_CONFIG: "sub/config.json", MLCTL_TARGET: "y", PATH: "/bin" };
  expect(jobEnvironment(own)).toEqual({ MLCTL_TARGET: "y", PATH: "/bin" });
});
