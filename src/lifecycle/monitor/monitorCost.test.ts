import { present } from "../../core/text/format.ts";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { monitoringView } from "../../commands/views/monitorView.ts";
import { deploy } from "../deploy/deploy.ts";
import { ingest } from "../ingest/ingest.ts";
import { score } from "../score/score.ts";
import { train } from "../train/train.ts";
import { monitor } from "./monitor.ts";

it("says what 1,000 rows of a window with labels cost, and what they did at deployment by the same costs", async () => {
  const config = { ...exampleConfig, costs: { false_positive: 1, false_negative: 5, currency: "EUR" } };
  const [a, t, b] = [exampleCsv(1, 400), exampleCsv(2, 200), exampleCsv(3, 200)];
  const files = { "practicedata/a.csv": a, "testdata/t.csv": t, "b.csv": b, "u.csv": b.replaceAll(/,\w+$/gm, ",") };
  const example = await exampleWorkspace(config, files);
  await example.change(async (session) => {
    await ingest(session);
    await train(session);
    await score(session);
    await deploy(session, { force: true });
  });
  const field = async (file: string): Promise<unknown> => {
    const { result } = await example.change((session) => monitor(session, { files: [join(example.folder, file)] }));
    return new Map(present(monitoringView(result).fields ?? [])).get("cost");
  };
  const { score: tested } = await example.look(({ store }) => store.runs({ withModel: true })[0]!);
  expect(tested!.metrics["cost"]).toBeGreaterThan(0);
  const [cost = "", before = ""] = String(await field("b.csv")).split("; ");
  expect(cost).toMatch(/^\d+(\.\d+)? EUR per 1,000 rows \(\d+ to \d+\)$/);
  expect(Number.parseFloat(before)).toBeCloseTo(tested!.metrics["cost"]!, 0);
  expect(before).toMatch(/ on the test rows at deployment$/);
  expect(await field("u.csv")).toBeUndefined();
  // By other costs, those of the same test rows, also of a model that was scored without any.
  await example.configure({ ...config, costs: { ...config.costs, false_negative: 500 } });
  const [[tn = 0, fp = 0] = [], [fn = 0, tp = 0] = []] = tested!.confusionMatrix!;
  const [dear = "", then = "", cheaper] = String(await field("b.csv")).split("; ");
  expect(Number.parseFloat(then)).toBeCloseTo((1000 * (fp + 500 * fn)) / (tn + fp + fn + tp), 0);
  const negatives = b.split("\n").filter((line) => line.endsWith(",no")).length;
  expect(cheaper).toBe(`an alarm for every row would be cheaper: ${(1000 * negatives) / 200}`);
  expect(Number.parseFloat(dear)).toBeGreaterThan((1000 * negatives) / 200);
});
