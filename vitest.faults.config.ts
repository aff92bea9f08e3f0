/** `npm run test:faults`: the tests of kills, full disks, hostile files and long runs, with their full counts. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/acceptance/faults/**/*.test.ts"],
    globalSetup: ["src/acceptance/runFolder.ts"],
    env: { MLCTL_FAULTS: process.env["MLCTL_FAULTS"] ?? "1" },
    testTimeout: 600_000,
    hookTimeout: 300_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
