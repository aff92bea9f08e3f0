import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests on the data in ../shared/data, and long searches. */
const real = ["src/acceptance/real*.test.ts", "src/acceptance/*Real.test.ts", "src/**/*.real.test.ts"];

/** Of the longest files first, and of the projects the one with the longest: the last minute keeps all cores busy. */
const projectOrder = ["real", "acceptance", "unit"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = (file: TestSpecification): number => projectOrder.indexOf(file.project.name);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts"],
          exclude: ["src/acceptance/**", ...real],
          isolate: false,
          setupFiles: ["src/testing/freshModules.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "acceptance",
          include: ["src/acceptance/**/*.test.ts"],
          exclude: real,
          globalSetup: ["src/acceptance/runFolder.ts"],
        },
      },
      {
        extends: true,
        test: { name: "real", include: real, globalSetup: ["src/acceptance/runFolder.ts"] },
      },
    ],
  },
});
