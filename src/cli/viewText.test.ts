import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { driftTable } from "../commands/views/monitorView.ts";
import { random } from "../core/random.ts";
import type { ViewTable } from "../core/view.ts";
import { exampleDrift } from "../testing/exampleDrift.ts";
import { csvText, markdownText, tabSeparated } from "./listingText.ts";
import { tableText } from "./tableText.ts";
import { textWidth } from "./textWidth.ts";
import { remarkText, viewText } from "./terminal.ts";

const plain = new Chalk({ level: 0 });

const leaderboard: ViewTable = {
  columns: ["family", "f1", "rows", "note"],
  rows: [
    ["logistic_regression", 0.5714285714285715, 12345, "the winner of the leaderboard by a wide margin"],
    ["baseline", null, 7, "-"],
  ],
};

describe("viewText", () => {
  it("aligns numbers right by their decimal points, and texts left", () => {
    expect(tableText(leaderboard, 100, plain)).toEqual([
      "family                   f1    rows  note",
      "logistic_regression  0.5714  12,345  the winner of the leaderboard by a wide margin",
      "baseline                  –       7  -",
    ]);
  });

  it("cuts texts to the width, the first column last, and never a number", () => {
    const lines = tableText(leaderboard, 60, plain);
    expect(lines[1]).toBe("logistic_regression  0.5714  12,345  the winner of the lead…");
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(60);
  });

  it("limits long tables for people, and says how many rows are left out, but not in pipes", () => {
    const drift = exampleDrift(random(1)).drift!;
    const [column] = Object.values(drift.columns);
    const columns = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x${i}`, column!]));
    const table = driftTable({ ...drift, columns });
    const lines = viewText({ tables: [table] }, 100, plain).split("\n");
    expect([lines[0], lines.filter((line) => /^x\d/.test(line)).length]).toEqual([
      "drift by column, 10 more with --json",
      30,
    ]);
    expect(tabSeparated({ tables: [table] }).match(/^x\d/gm)).toHaveLength(40);
    expect(csvText(table).match(/^x\d/gm)).toHaveLength(40);
  });

  it("cuts a time to the minute, then to the day, and never an id", () => {
    const rows = [["6a93e4e7e216", "2026-11-21T19:12:24Z", "logistic_regression", "in production"]];
    const table: ViewTable = { columns: ["run", "created", "family", "status"], rows };
    expect(tableText(table, 63, plain)[1]).toBe("6a93e4e7e216  2026-11-21T19:12  logistic_regres…  in production");
    expect(tableText(table, 59, plain)[1]).toBe("6a93e4e7e216  2026-11-21  logistic_regressi…  in production");
    expect(tableText(table, 44, plain)[1]).toBe("6a93e4e7e216  2026-11-21  logisti…  in prod…");
    expect(tableText(table, 80, plain)[1]).toContain("2026-11-21T19:12:24Z");
    expect(tableText(table, 43, plain)[1]).toBe("created  2026-11-21T19:12:24Z");
  });

  it("leaves out optional columns before it cuts further, and names them", () => {
    const rows = [["6a93e4e7e216", "logistic_regression", 1, "v12", "in production"]];
    const columns = ["run", "family", { header: "rank", leaveOut: 1 }, { header: "version", leaveOut: 2 }, "status"];
    const table: ViewTable = { columns, rows };
    expect(tableText(table, 60, plain)[1]).toBe("6a93e4e7e216  logistic_regres…     1  v12      in production");
    expect(tableText(table, 59, plain)).toEqual([
      "run           family               version  status",
      "6a93e4e7e216  logistic_regression  v12      in production",
      "(hidden columns: rank)",
    ]);
    expect(tableText(table, 45, plain)).toEqual([
      "run           family            status",
      "6a93e4e7e216  logistic_regres…  in production",
      "(hidden columns: rank, version)",
    ]);
    expect(tableText(table, 37, plain)[1]).toBe("6a93e4e7e216  logistic_…  in product…");
    expect(tableText(table, 20, plain)).toContain("rank     1");
  });

  it("wraps columns with overflow wrap, and never breaks those with overflow whole", () => {
    const rows = [
      ["job nightly", "fail", "did not run 3 times since noon: look whether cron works"],
      ["disk", "pass", "ok"],
    ];
    const table: ViewTable = { columns: ["finding", "status", { header: "message", overflow: "wrap" }], rows };
    expect(tableText(table, 50, plain)).toEqual([
      "finding      status  message",
      "job nightly  fail    did not run 3 times since",
      "                     noon: look whether cron works",
      "disk         pass    ok",
    ]);
    expect(tableText(table, 22, plain).slice(0, 5)).toEqual([
      "finding  job nightly",
      "status   fail",
      "message  did not run 3",
      "         times since",
      "         noon: look",
    ]);
    const line = `*/10 * * * * cd /srv && ${"mlctl ".repeat(20)}`;
    expect(tableText({ columns: [{ header: "line", overflow: "whole" }], rows: [[line.trim()]] }, 30, plain)).toEqual([
      "line",
      line.trim(),
    ]);
  });

  it("shows every row as a block if the columns cannot fit", () => {
    expect(tableText(leaderboard, 30, plain)).toEqual([
      "family  logistic_regression",
      "f1      0.5714",
      "rows    12,345",
      "note    the winner of the lea…",
      "",
      "family  baseline",
      "f1      –",
      "rows    7",
      "note    -",
    ]);
  });

  it("counts wide characters as two columns", () => {
    const lines = tableText(
      {
        columns: ["a", "b"],
        rows: [
          ["東京", "x"],
          ["oslo", "y"],
        ],
      },
      80,
      plain,
    );
    expect(lines).toEqual(["a     b", "東京  x", "oslo  y"]);
  });

  it("separates title, fields and tables with an empty line, and wraps long values beside their label", () => {
    const view = {
      title: "done",
      fields: [
        ["run", "r1"],
        ["reason", "one two three"],
      ] as const,
      tables: [{ columns: ["x"], rows: [[1]] }],
    };
    expect(viewText(view, 16, plain)).toBe("done\n\nrun     r1\nreason  one two\n        three\n\nx\n1\n");
  });

  it("prints no control characters from names", () => {
    expect(viewText({ fields: [["column", "a\u001b[2Jb\nc"]] }, 80, plain)).toBe("column  a\uFFFD[2Jb c\n");
  });

  it("prints notes and the next step separately from the data", () => {
    expect(remarkText({ notes: ["five rows decide nothing"], next: "run `mlctl score`" }, plain)).toBe(
      "note: five rows decide nothing\nnext: run `mlctl score`\n",
    );
  });
});

describe("listings", () => {
  it("are tab-separated in a pipe, fields before tables, with headers and rounded numbers", () => {
    const odd: ViewTable = {
      columns: ["a", "b"],
      rows: [
        ["x\ty\nz", true],
        [NaN, null],
      ],
    };
    expect(
      tabSeparated({ tables: [leaderboard] })
        .split("\n")
        .slice(0, 2),
    ).toEqual([
      "family\tf1\trows\tnote",
      "logistic_regression\t0.571429\t12345\tthe winner of the leaderboard by a wide margin",
    ]);
    const small = [0.0050000000000000044, 1234567.891];
    expect(
      tabSeparated({ fields: [["f1", 0.5]], tables: [odd, { title: "t", columns: ["x", "y"], rows: [small] }] }),
    ).toBe("f1\t0.5\n\na\tb\nx y z\ttrue\n\t\n\nt\nx\ty\n0.005\t1234568\n");
    expect(tabSeparated({ tables: [{ columns: ["line"], rows: [["* * * * * true"]] }] })).toBe("* * * * * true\n");
  });

  it("quote CSV cells that need it", () => {
    expect(csvText({ columns: ["a,b", "c"], rows: [['say "hi"', null]] })).toBe('"a,b",c\r\n"say ""hi""",\r\n');
  });

  it("escape the bars of a Markdown table", () => {
    expect(markdownText({ columns: ["a", "b"], rows: [["x|y", 1]] })).toBe(
      "| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n",
    );
  });
});

describe("verdicts", () => {
  const table: ViewTable = {
    columns: ["finding", "status"],
    rows: [
      ["drift", "fail"],
      ["quality", "warn"],
      ["rmse", "pass"],
    ],
  };

  it("have a colour and a word, and only the word without colours", () => {
    const coloured = tableText(table, 80, new Chalk({ level: 1 }));
    expect(coloured.slice(1)).toEqual([
      "drift    \u001b[31mfail\u001b[39m",
      "quality  \u001b[33mwarn\u001b[39m",
      "rmse     \u001b[32mpass\u001b[39m",
    ]);
    expect(tableText(table, 80, plain).slice(1)).toEqual(["drift    fail", "quality  warn", "rmse     pass"]);
  });
});
