import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { barLine, progress, type ProgressOptions } from "./progress.ts";

function recorder(options: Partial<ProgressOptions>) {
  const written: string[] = [];
  const clock = { now: 0 };
  const drawn = progress({
    write: (text) => void written.push(text),
    live: false,
    quiet: false,
    verbose: false,
    width: () => 80,
    colours: new Chalk({ level: 0 }),
    clock: () => clock.now,
    ...options,
  });
  return { ...drawn, written, clock };
}

describe("progress", () => {
  it("prints one line per stage without a terminal", () => {
    const { emit, written } = recorder({});
    emit({ type: "stage", stage: "train", message: "fitting 3 models" });
    for (let done = 1; done <= 3; done++) emit({ type: "progress", stage: "train", done, total: 3, unit: "models" });
    expect(written).toEqual(["train: fitting 3 models\n"]);
  });

  it("prints a line every 15 seconds without a terminal, none when quiet", () => {
    for (const quiet of [false, true]) {
      const { emit, written, clock } = recorder({ quiet });
      for (let done = 1; done <= 40; done++) {
        clock.now = done * 1000;
        emit({ type: "progress", stage: "tune", done, total: 40, unit: "trials", note: "best r2 0.9 (xgboost)" });
      }
      // The first event starts the clock of the stage: 15 trials in 14 s, the other 25 take 23.3 s.
      const lines = [
        "tune   37 %  15/40 trials  1.1 trials/s  24 s left",
        "tune   75 %  30/40 trials  1 trials/s  10 s left",
      ];
      expect(written).toEqual(quiet ? [] : lines.map((line) => `${line}  best r2 0.9 (xgboost)\n`));
    }
  });

  it("redraws at most ten times a second on a terminal, and always shows the end", () => {
    const { emit, written, clock } = recorder({ live: true });
    for (let done = 1; done <= 1000; done++) {
      clock.now = done;
      emit({ type: "progress", stage: "train", done, total: 1000, unit: "rows" });
    }
    expect(written.length).toBe(11); // 1000 ms: one per 100 ms, and the last
    expect(written.at(-1)).toContain("100 %");
  });

  it("leaves nothing on the screen after clear", () => {
    const { emit, clear, written } = recorder({ live: true });
    emit({ type: "stage", stage: "train", message: "x" });
    clear();
    clear();
    expect(written).toEqual(["\r\x1b[2Ktrain: x", "\r\x1b[2K"]);
  });

  it("prints only warnings when quiet, each once", () => {
    const { emit, written } = recorder({ quiet: true, live: true });
    emit({ type: "stage", stage: "train", message: "x" });
    emit({ type: "progress", stage: "train", done: 1, total: 2, unit: "rows" });
    for (let i = 0; i < 3; i++) emit({ type: "warning", stage: "train", message: "leak", hint: "drop it" });
    expect(written).toEqual(["warning: leak\nhint: drop it\n"]);
    emit({ type: "warning", stage: "train", message: "leak", hint: "drop it", again: true });
    expect(written).toHaveLength(2);
  });

  it("never draws wider than the terminal", () => {
    const { emit, written } = recorder({ live: true, width: () => 20 });
    emit({ type: "progress", stage: "ingest", done: 5, total: 10, unit: "rows" });
    expect(written[0]!.slice("\r\x1b[2K".length).length).toBe(19);
  });
});

describe("barLine", () => {
  it("shows share, rate and time left", () => {
    // 620 of 1,000 in 2 s is 310 per second; the remaining 380 take 1.2 s, shown as 2 s.
    expect(barLine({ type: "progress", stage: "train", done: 620, total: 1000, unit: "rows" }, 2)).toBe(
      "train  ██████████████░░░░░░░░░░   62 %  620/1,000 rows  310 rows/s  2 s left",
    );
  });

  it("shows the seconds of each if they take longer than one", () => {
    expect(barLine({ type: "progress", stage: "tune", done: 2, total: 10, unit: "trials" }, 50, 0)).toBe(
      "tune   20 %  2/10 trials  25 s per trial  3 min 20 s left",
    );
  });

  it("shows the number done if the total is unknown", () => {
    expect(barLine({ type: "progress", stage: "predict", done: 5000, unit: "rows" }, 4)).toBe(
      "predict  5,000 rows  1,250 rows/s",
    );
  });
});
