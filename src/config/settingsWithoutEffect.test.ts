import { expect, it } from "vitest";
import { configSchema } from "./schema.ts";
import { settingsWithoutEffect } from "./settingsWithoutEffect.ts";

it("tells each section that was changed once, with its place, and nothing of those that count or are as usual", () => {
  const config = configSchema().parse({
    target: "y",
    costs: null,
    monitor: { drift: { dataset_share: 0.3 } },
    alerts: [{ type: "webhook", url: "http://127.0.0.1/" }],
    train: { models: [{ family: "xgboost", search: { space: { max_depth: [3, 6] } } }] },
  });
  const sources = new Map([
    ["costs", "config.json:3"],
    ["monitor.drift.dataset_share", "config.json:4"],
    ["alerts.0.type", "config.json:5"],
    ["alerts.0.url", "config.json:6"],
    ["train.models.0.search.space.max_depth.0", "config.json:9"],
  ]);
  expect(settingsWithoutEffect(config, sources)).toEqual([]);
});
