/** A workspace from a file: what config.json says of odd tables, and that it is a valid configuration. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseJsonc } from "../../config/jsonc.ts";
import { configSchema } from "../../config/schema/schema.ts";
import { loadConfig } from "../../config/loadConfig.ts";
import { knownNames } from "../knownNames.ts";
import { initFrom, loneFile, type InitFromOptions } from "./initFrom.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-init-from-"));
afterAll(() => rmSync(folder, { recursive: true }));
const context = { now: () => new Date(), signal: new AbortController().signal, emit: () => undefined };
let made = 0;

function csv(header: string, count: number, row: (i: number) => string): string {
  return [header, ...Array.from({ length: count }, (_, i) => row(i)), ""].join("\n");
}

async function start(content: string | Buffer, target: string | undefined, options: Partial<InitFromOptions> = {}) {
  const from = join(folder, `data${++made}.csv`);
  writeFileSync(from, content);
  const directory = join(folder, `workspace${made}`);
  const common = { directory, from, target, testSize: 0.2, seed: 42, force: false, dryRun: false };
  const result = await initFrom({ ...common, ...options }, context);
  if (result.dryRun) return { result, directory, text: "", config: undefined };
  const { config } = await loadConfig({ directory, environment: {}, known: knownNames() });
  return { result, directory, config, text: readFileSync(join(directory, "config.json"), "utf8") };
}

const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);

it("finds the only file of rows, and refuses several", () => {
  const directory = mkdtempSync(join(folder, "lone-"));
  const put = (name: string): void => writeFileSync(join(directory, name), "");
  expect(() => loneFile(directory)).toThrow("no file of rows");
  for (const name of ["package.json", ".hidden.csv", "notes.txt", "a.csv"]) put(name);
  expect(loneFile(directory)).toBe(join(directory, "a.csv"));
  put("more.parquet");
  expect(() => loneFile(directory)).toThrow("several files of rows: a.csv, more.parquet");
});

describe("initFrom", () => {
  it("refuses a target with another value in every row, as an id, and names the columns", async () => {
    const table = csv("customer_id,order,salary,y", 60, (i) =>
      [`C${i}`, 100 + i, ((i * 37) % 61) * 100 + i, i % 2].join(","),
    );
    for (const id of ["customer_id", "order"]) {
      await expect(start(table, id)).rejects.toMatchObject({
        kind: "usage",
        message: `"${id}" has another value in every row, as an id: nothing can be learned`,
        details: expect.arrayContaining(["y: number, first 0"]) as string[],
      });
    }
    expect((await start(table, "salary")).result.task).toBe("regression");
  });

  it("names ids, row numbers, columns without information and missing markers, each with its reason", async () => {
    const table = csv("nr,customer_id,plan,same,${x},y", 100, (i) =>
      [i + 1, `C${(i * 37) % 100}x`, ["a", "b", "?"][i % 3], 1, (i * 7) % 11, i % 4 === 0 ? "bad" : "good"].join(","),
    );
    const { config, text, result } = await start(table, "y");
    const costs = /^ {2}\/\/ ("costs": .*)$/m;
    expect(text).toMatch(costs);
    expect(config!.costs).toBeNull();
    const uncommented = text.replace(costs, "$1");
    expect(uncommented).not.toBe(text);
    expect(configSchema().parse(parseJsonc(uncommented, "config.json").value).costs).toMatchObject({
      false_negative: 5,
    });
    expect(config).toMatchObject({
      target: "y",
      task: "classification",
      id_columns: ["customer_id"],
      drop_columns: ["nr", "same"],
      ingest: { null_values: ["?"] },
    });
    for (const note of [
      '"y" has 2 classes: good (75 %), bad (25 %)',
      'column "nr" is not used: it numbers the rows',
      'column "same" is not used: every row has the same value',
      'read as missing: "plan" ("?")',
      "20 of 100 rows test, chosen with the same share of each class, seed 42",
    ]) {
      expect(text).toContain(`// ${note}\n`);
      expect(result.notes).toContain(note);
    }
    expect(result).toMatchObject({ task: "binary", trainingRows: 80, testRows: 20 });
  });

  it("tests on the latest rows of a file in time order, and reads its dates and numbers as they are written", async () => {
    const german = csv("Datum;Wert", 60, (i) => `${day(i).split("-").toReversed().join(".")};${i},5`);
    const { config, directory } = await start(german, "Wert");
    expect(config).toMatchObject({
      time_column: "Datum",
      task: "regression",
      ingest: { types: { Datum: "%d.%m.%Y", Wert: "1.234,5" } },
    });
    const test = readFileSync(join(directory, "testdata", "test.csv"), "utf8")
      .trimEnd()
      .split("\n");
    expect([test.length, test[0], test[1]]).toEqual([13, "Datum,Wert", '18.02.2024,"48,5"']);
  });

  it.each([0, -100])("tests on the latest rows whatever the sign of the target: around %d", async (level) => {
    const { text } = await start(
      csv("day,x", 60, (i) => `${day(i)},${level + ((i * 7) % 5) - 2}.5`),
      "x",
    );
    expect(text).toContain("// the rows are in the order of day: the latest 12 of 60 test\n");
  });

  it("tests on the latest years, and reads them as dates if they have four digits", async () => {
    const yearly = (first: number) => csv("year,y", 40, (i) => `${first + (i % 40)},${(i * 7) % 11}.5`);
    const { config, text } = await start(yearly(1950), "y");
    expect(config).toMatchObject({ time_column: "year", ingest: { types: { year: "%Y" } } });
    expect(text).toContain("// the rows are in the order of year: the latest 8 of 40 test\n");
    const short = await start(yearly(55), "y");
    expect(short.config).toMatchObject({ time_column: "year" });
    expect(short.config?.ingest).toMatchObject({
      types: {},
      select: { year: 'make_date(1900 + "year"::INTEGER, 1, 1)' },
    });
    expect(short.text).toContain('// "year" is read as dates, one a year: 55 is 1955\n');
    // As pandas writes whole numbers of a column with missing ones.
    const float = await start(
      csv("year,y", 40, (i) => `${1950 + i}.0,${(i * 7) % 11}.5`),
      "y",
    );
    expect(float.config).toMatchObject({
      time_column: "year",
      ingest: { types: {}, select: { year: 'make_date("year"::INTEGER, 1, 1)' } },
    });
  });

  it("tests on the latest rows of several series in any order, such as that of the text of their dates", async () => {
    const row = (i: number): string =>
      `${day(i >> 1)
        .split("-")
        .toReversed()
        .join(".")};${"ab"[i % 2]};${(i * 7) % 50}`;
    const [header, ...rows] = csv("Tag;Filiale;Umsatz", 100, row).trimEnd().split("\n");
    const { config, text, directory } = await start([header, ...rows.toSorted()].join("\n"), "Umsatz");
    expect(config).toMatchObject({ time_column: "Tag" });
    expect(text).toContain("// the rows are daily by Filiale in Tag: the latest 20 of 100 test\n");
    const test = readFileSync(join(directory, "testdata", "test.csv"), "utf8");
    const latest = Array.from({ length: 20 }, (_, i) => row(80 + i).replaceAll(";", ","));
    expect(test.trimEnd().split("\n").slice(1).toSorted()).toEqual(latest.toSorted());
    const twice = [header, ...rows.map((line) => line.replace(";b;", ";a;")).toSorted()].join("\n");
    expect((await start(twice, "Umsatz")).config?.time_column).toBeNull();
  });

  it("keeps a column of dates with two readings, so that the line of the note is all that it takes", async () => {
    const table = csv("when,x,y", 60, (i) => [`0${1 + (i % 9)}/0${1 + (i % 7)}/2024`, i % 11, i % 4].join(","));
    const { config, text } = await start(table, "y");
    expect(config).not.toHaveProperty("drop_columns", ["when"]);
    expect(text).toContain(
      'set "ingest.types": { "when": "%d/%m/%Y" } in config.json, or with the month first "%m/%d/%Y"',
    );
  });

  it("reads a few odd cells among numbers or dates as missing, and lists them", async () => {
    const dates = await start(
      csv("d,y", 200, (i) => `${i === 30 ? "11:34" : day(i)},${i % 4}`),
      "y",
    );
    expect(dates.config?.ingest.null_values).toEqual(["11:34"]);
    const { config, text } = await start(
      csv("fee,x,y", 200, (i) => [i === 30 ? "abc" : `${i}.5`, i % 11, i % 4].join(",")),
      "y",
    );
    expect(config?.drop_columns).toEqual([]);
    expect(config?.ingest.null_values).toEqual(["abc"]);
    expect(text).toContain('// read as missing: "fee" ("abc")\n');
    expect(text).not.toContain("not used");
  });

  it("reads one or two repeated words among numbers as missing, and says so", async () => {
    const word = (i: number, every: number): string => (i % every === 3 ? "s.o." : `${i},5`);
    const row = (i: number): string => [word(i, 60), word(i, 200), i % 11, i % 4].join(";");
    const { config, text } = await start(csv("prime;montant;x;y", 600, row), "y");
    expect(config).toMatchObject({ drop_columns: [], ingest: { null_values: ["s.o."] } });
    expect(text).toContain('// read as missing: "prime" ("s.o."), "montant" ("s.o.")\n');
    expect(text).not.toContain("not all values");
  });

  it("does not split by time if a part would lack a class", async () => {
    const { config, text } = await start(
      csv("d,x,y", 60, (i) => `${day(i)},${i % 7},${i < 50 ? "a" : "b"}`),
      "y",
    );
    expect(config?.time_column).toBeNull();
    expect(text).toContain("with the same share of each class");
  });

  it("reads what is missing among numbers as missing in text, too; alone, it may be a category", async () => {
    const words = ["a", "b", "-", "N/A", "none"];
    const row = (i: number): string => `${i % 9 === 0 ? "-" : (i * 7) % 50},${words[i % 5]},${i % 4 === 0 ? 1 : 0}`;
    const { config, text } = await start(csv("fee,plan,y", 100, row), "y");
    expect(config!.ingest.null_values).toEqual(["N/A", "-"]);
    expect(text).toContain('// read as missing: "plan" ("N/A", "-")\n');
  });

  it("counts markers in the target as rows without one", async () => {
    const { text } = await start(
      csv("x,y", 60, (i) => `${i % 7},${["yes", "no", "NA"][i % 3]}`),
      "y",
    );
    expect(text).toContain("2 classes: no (50 %), yes (50 %); 20 rows without one will not be used");
  });

  it.each([
    ["a misspelt target", csv("price,b", 30, (i) => `${i % 9},1`), "prise", 'no column "prise"', "usage"],
    ["one class", csv("x,y", 30, (i) => `${i % 9},a`), "y", "only one class", "data"],
    ["a header without rows", "a,b\n", "a", "", "data"],
  ])("refuses %s and writes nothing", async (_, content, target, message, kind) => {
    await expect(start(content, target)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message) as string,
    });
    expect(existsSync(join(folder, `workspace${made}`))).toBe(false);
  });

  it("writes nothing in a dry run, over nothing without force, and reads no file of sourcedata", async () => {
    const table = csv("x,y", 50, (i) => `${i % 9},${i % 10}.5`);
    const { directory } = await start(table, "y", { dryRun: true });
    expect(existsSync(directory)).toBe(false);
    const first = await start(table, "y");
    await expect(start(table, "y", { directory: first.directory })).rejects.toThrow("already has sourcedata/train.csv");
    const from = join(first.directory, "sourcedata", "train.csv");
    await expect(start(table, "y", { directory: first.directory, from, force: true })).rejects.toThrow("reads whole");
  });

  it("lists the columns of a file whose target is not named", async () => {
    const table = csv("id,day,city", 40, (i) => `${1000 + i * 3},${day(i)},c${i % 10}`);
    await expect(start(table, undefined)).rejects.toMatchObject({
      kind: "usage",
      details: ["id: number, first 1000", "day: date, first 2024-01-01", "city: category, first c0"],
    });
  });

  it.each([
    [["ja", "nein"], 0.7, "ja"],
    [["no", "yes"], 0.2, undefined],
    [["Attrited", "Existing"], 0.2, "Attrited"],
    [["Attrited", "Existing"], 0.45, undefined],
    [["0", "1"], 0.2, undefined],
  ])(
    "of the classes %j, the first in %d of the rows, the positive one is %j",
    async ([first, last], share, positive) => {
      const table = csv("x,y", 100, (i) => `${(i * 37) % 61},${i % 100 < 100 * share ? first : last}`);
      const { config, result } = await start(table, "y");
      expect(config!.positive_class).toBe(positive ?? null);
      expect(result.notes.some((note) => note.includes("refer to this class"))).toBe(positive !== undefined);
    },
  );

  it("tests on whole groups, if rows of one value have the same target", async () => {
    // 120 patients, their visits in mixed order.
    const patient = (i: number): number => (i * 37) % 120;
    const visits = csv(
      "patient,dose,ill",
      480,
      (i) => `P${patient(i)},${(i * 13) % 29},${patient(i) % 3 === 0 ? "yes" : "no"}`,
    );
    const { config, result, directory } = await start(visits, "ill");
    expect(config).toMatchObject({ id_columns: ["patient"], train: { selection: { group_column: "patient" } } });
    expect(result.notes.join()).toMatch(
      /rows of one "patient" have nearly the same target: 96 of 480 rows test, none of a "patient"/,
    );
    const [training, test] = ["sourcedata/train.csv", "testdata/test.csv"].map((path) => {
      const [, ...rows] = readFileSync(join(directory, path), "utf8").trim().split("\n");
      return new Set(rows.map((row) => row.split(",")[0]));
    });
    expect(training!.intersection(test!).size).toBe(0);
    // Each visit with a target of its own.
    const own = csv("patient,dose,ill", 480, (i) => `P${patient(i)},${(i * 13) % 29},${i % 7 < 2 ? "yes" : "no"}`);
    expect((await start(own, "ill")).config!.train.selection.group_column).toBeNull();
  });

  it("leaves each class rows to train, also where copies of its rows would all test", async () => {
    // 16 classes, each of five equal rows.
    const table = csv("x,note,kind", 80, (i) => `${i % 16},n,k${i % 16}`);
    const { directory, result } = await start(table, "kind");
    const kinds = (path: string): Set<string> =>
      new Set(
        readFileSync(join(directory, path), "utf8")
          .trim()
          .split("\n")
          .slice(1)
          .map((row) => row.split(",")[2]!),
      );
    expect(result.testRows).toBeLessThan(80);
    expect(kinds("testdata/test.csv").difference(kinds("sourcedata/train.csv"))).toEqual(new Set());
    // Each number is a target of its own, and no row equals another.
    const numbers = await start(
      csv("x,y", 100, (i) => `${(i * 7) % 13},${i * i}`),
      "y",
    );
    expect(numbers.result).toMatchObject({ trainingRows: 80, testRows: 20 });
    expect(numbers.result.notes.join()).not.toContain("went to the other part");
  });

  it("does not split by groups where so many have a class of their own that few rows could test", async () => {
    // 312 players with a class of their own, and 8 that share one.
    const player = (i: number): number => i % 320;
    const table = csv(
      "name,x,key",
      1280,
      (i) => `N${player(i)},${(i * 13) % 29},${player(i) < 312 ? `k${player(i)}` : "other"}`,
    );
    const { config, result } = await start(table, "key");
    expect(config!.train.selection.group_column).toBeNull();
    expect(result.testRows).toBeGreaterThan(100);
    // All rows of the rarer class are in one group, which has to train.
    const seats = csv("seat,x,kind", 600, (i) => (i % 15 === 0 ? `S,${i % 7},senate` : `${i % 97},${i % 11},house`));
    const split = await start(seats, "kind");
    expect(split.config!.train.selection.group_column).toBeNull();
    expect(split.result.notes.join()).toContain('rows of one "seat" have nearly the same target, but');
    expect(readFileSync(join(split.directory, "testdata/test.csv"), "utf8")).toContain("senate");
  });

  it("refuses text as target that has a class for most rows", async () => {
    const notes = csv("x,note", 300, (i) => `${(i * 7) % 11},note ${i % 200}`);
    await expect(start(notes, "note")).rejects.toMatchObject({
      kind: "data",
      message: 'target column "note" has 200 different values in 300 rows: text or ids, of which no model learns',
    });
  });

  it("computes the time of a series whose year, month and day are columns of their own", async () => {
    const dayOf = (i: number): Date => new Date(Date.UTC(2020, 0, 1 + i));
    const cells = (i: number): string =>
      [dayOf(i).getUTCFullYear(), dayOf(i).getUTCMonth() + 1, dayOf(i).getUTCDate()].join(",");
    const daily = csv("Year,Month,day,sold", 200, (i) => `${cells(i)},${(i % 7) * 10 + (i % 3)}`);
    const { config, result } = await start(daily, "sold");
    const date = 'try(make_date("Year"::INTEGER, "Month"::INTEGER, "day"::INTEGER))';
    expect(config).toMatchObject({ time_column: "date", ingest: { select: { date } } });
    expect(result.notes).toContain('"Year", "Month", "day" are one time: "date" is computed from them');
    // Several rows a day are no series, and there is no month 13.
    for (const other of [(i: number) => cells(i >> 2), (i: number) => `2020,${(i % 13) + 1},${(i % 28) + 1}`]) {
      const started = await start(
        csv("Year,Month,day,sold", 200, (i) => `${other(i)},${(i * 7) % 31}`),
        "sold",
      );
      expect(started.config!.ingest.select).toEqual({});
    }
  });

  it("reads a file in the encoding that is named, and refuses a name that is none", async () => {
    const mixed = Buffer.concat([
      Buffer.from("ville,y\nOrléans,1\n"),
      Buffer.from("Orl\x8eans,0\nTours,1\n".repeat(20), "latin1"),
    ]);
    await expect(start(mixed, "y")).rejects.toMatchObject({
      hint: expect.stringContaining("--encoding windows-1252") as string,
    });
    const old = Buffer.from(`ville,y\n${"Orl\x8eans,0\nTours,1\n".repeat(20)}`, "latin1");
    const { directory } = await start(old, "y", { encoding: "macintosh" });
    expect(readFileSync(join(directory, "sourcedata/train.csv"), "utf8")).toContain("Orléans,0");
    await expect(start(old, "y", { encoding: "apple" })).rejects.toMatchObject({
      kind: "usage",
      message: '--encoding: "apple" is not an encoding',
    });
  });
});
