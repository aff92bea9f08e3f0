import { expect, it } from "vitest";
import { freeNames, refuseTaken, renamedNotes } from "./predictedValues.ts";

it("gives an added column the first name that the rows do not have, and says so", () => {
  const names = ["prediction", "probability"];
  const free = freeNames(names, ["a", "prediction", "prediction_2"]);
  expect(free).toEqual(["prediction_3", "probability"]);
  expect(renamedNotes(names, free)).toEqual([
    'the rows have a column called "prediction": the column that is added is called "prediction_3"',
  ]);
  expect(freeNames(["prediction", "prediction_2"], ["prediction"])).toEqual(["prediction_2", "prediction_2_2"]);
  expect(renamedNotes(names, freeNames(names, ["a"]))).toEqual([]);
});

it("refuses a column that comes after the name was chosen", () => {
  expect(() => refuseTaken(["a", "prediction"], ["prediction"])).toThrow(/later row has a column called "prediction"/);
});
