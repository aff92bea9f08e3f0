/** A model reads numbers and dates of new rows as they were written in its training data, whichever command gets them. */
import { beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { served } from "./servedWorkspace.ts";

const german = (value: number): string =>
  value.toLocaleString("de-DE", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const two = (value: number): string => String(value).padStart(2, "0");

interface Row {
  readonly id: string;
  readonly day: number;
  readonly month: number;
  readonly amount: number;
  readonly units: number;
  readonly share: number;
  readonly price: number;
}

function rows(count: number, seed: number): Row[] {
  return Array.from({ length: count }, (_, i) => {
    const k = i * 7 + seed;
    const [amount, units, share] = [((k * 37) % 3000) + 0.5, 1000 + ((k * 53) % 4000), (k % 200) / 10];
    const price = 3 * amount + units - 20 * share;
    return { id: two(k), day: (k % 28) + 1, month: ((k * 5) % 12) + 1, amount, units, share, price };
  });
}

/** As Excel writes them in Germany: amounts in euros, thousands with points, shares in percent, days first. */
function written({ id, day, month, amount, units, share, price }: Row): Record<string, string> {
  const thousands = units.toLocaleString("de-DE");
  const date = `${two(day)}.${two(month)}.2024 08:05`;
  return {
    id,
    bought: date,
    amount: `${german(amount)} €`,
    units: thousands,
    share: `${german(share)} %`,
    price: `${german(price)} €`,
  };
}

function csv(some: readonly Row[]): string {
  const cells = some.map(written);
  return [Object.keys(cells[0]!), ...cells.map((row) => Object.values(row))]
    .map((line) => `${line.join(";")}\n`)
    .join("");
}

describe("rows with German numbers and dates", () => {
  let workspace: LifecycleWorkspace;
  const test = rows(40, 3);
  const withoutPrice = csv(test).replaceAll(/;[^;\n]*$/gm, "");
  beforeAll(() => {
    workspace = emptyWorkspace({
      target: "price",
      id_columns: ["id"],
      serve: { validation: { range: "ignore" } },
      train: { models: [{ family: "linear_regression" }], split: { method: "random" } },
    });
    workspace.write({ "sourcedata/a.csv": csv(rows(300, 0)), "testdata/b.csv": csv(test) });
    workspace.ok("fullprocess");
  });

  /** Cells before the prediction may have commas in quotes. */
  const answersOf = (text: string): number[] => {
    const [header, ...lines] = text.trimEnd().split("\n");
    const names = header!.split(",");
    return lines.map((line) => Number(line.split(",").at(names.indexOf("prediction") - names.length)));
  };

  it("get the predictions of the numbers that were meant: the truth is linear", () => {
    const answers = answersOf(workspace.run(["predict", "-"], { input: withoutPrice }).stdout);
    expect(answers).toHaveLength(test.length);
    for (const [i, { price }] of test.entries()) expect(answers[i]).toBeCloseTo(price, 3);
    expect(workspace.json<{ metrics: { rmse: number } }>("score").metrics.rmse).toBeLessThan(1e-3);
  });

  it("are read alone as they are in a file: 1.234 has no other column to decide", async () => {
    const [first] = test;
    const expected = answersOf(workspace.run(["predict", "-"], { input: withoutPrice }).stdout)[0];
    const { price: _price, ...texts } = written(first!);
    const numbers = { ...texts, amount: first!.amount, units: first!.units, share: first!.share };
    const json = workspace.run(["predict", "-", "--input-format", "jsonl"], {
      input: `${JSON.stringify(texts)}\n${JSON.stringify(numbers)}\n`,
    });
    const lines = json.stdout.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { prediction: number }).prediction)).toEqual([expected, expected]);
    const server = await served(workspace);
    try {
      const one = await server.post("/predict", texts);
      expect([one.status, (one.body as { prediction: number }).prediction]).toEqual([200, expected]);
      const table = await server.post("/predict", withoutPrice, { "content-type": "text/csv" });
      expect([table.status, answersOf(table.text)[0]]).toEqual([200, expected]);
      const plain = await server.post("/predict", { ...texts, amount: "1234.5" });
      expect([plain.status, plain.text]).toEqual([422, expect.stringContaining("1.234,5 €")]);
    } finally {
      await server.stop();
    }
  });

  it("are explained and monitored without a value lost", () => {
    workspace.write({ "new.csv": csv(test) });
    const explained = workspace.json<{ rows: unknown[] }>("explain", "--rows", "new.csv");
    expect(explained.rows).toHaveLength(test.length);
    const monitored = workspace.ok("monitor", "new.csv", "--json");
    expect(monitored).not.toContain("cannot be read");
  });
});
