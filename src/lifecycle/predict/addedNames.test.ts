import { expect, it } from "vitest";
import { addedColumns, freeNames } from "./predictedValues.ts";

it("gives an added column the first name that the rows do not have, in any case, and says so", () => {
  const added = addedColumns(["prediction", "probability"]);
  expect(added.notes()).toEqual([]);
  expect(added.beside(["a", "Prediction", "prediction_2"])).toEqual(["prediction_3", "probability"]);
  expect(added.notes()).toEqual([
    'the rows have a column called "prediction": the column that is added is called "prediction_3"',
  ]);
  expect(freeNames(["prediction", "prediction_2"], ["prediction"])).toEqual(["prediction_2", "prediction_2_2"]);
  // Of two classes.
  expect(freeNames(["probability_a", "probability_A"], ["a"])).toEqual(["probability_a", "probability_A"]);
});

it("refuses a column that comes after the name was chosen", () => {
  const added = addedColumns(["prediction"]);
  expect(added.beside(["a"])).toEqual(["prediction"]);
  expect(() => added.beside(["a", "prediction"])).toThrow(/later row has a column called "prediction"/);
});
