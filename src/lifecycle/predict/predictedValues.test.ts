import { expect, it } from "vitest";
import { jsonLabels } from "./predictedValues.ts";

it("classes are numbers if all of them are finite and lose nothing", () => {
  expect(jsonLabels({ classes: ["0", "1.5", "-2"] })).toEqual([0, 1.5, -2]);
  for (const classes of [
    ["0", "01"],
    ["0", "NaN"],
    ["Infinity", "1"],
    ["9007199254740993", "1"],
    ["1", "yes"],
  ])
    expect(jsonLabels({ classes })).toEqual(classes);
  expect(jsonLabels({})).toBeNull();
});
