/** Sample data: companies that leave or stay, in overlapping CSV files, two of them with drift. */
import { random, type Random } from "../../core/random.ts";
import { csvFile, type SampleFile } from "./sampleFile.ts";

const HEADER = "corporation,lastmonth_activity,lastyear_activity,number_of_employees,exited";
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
/** Shares of companies with missing activity of the last month, and with missing size. */
const MISSING_ACTIVITY = 0.03;
const MISSING_EMPLOYEES = 0.02;

/**
 * Two overlapping training files, two overlapping files with drift (less activity, larger companies) and a test file:
 * 3,700 lines, 3,400 of them distinct. The same seed gives the same bytes.
 *
 * A company is more likely to leave if its last month is below its yearly mean, if it is less active and if it is smaller;
 * the rest is random. Logistic regression reaches an F1 near 0.8; predicting "leaves" for every company gives 0.7.
 */
export function attritionSample(seed: number): (SampleFile & { readonly content: string })[] {
  const source = random(seed);
  const codes = new Set<string>();
  const companies = (count: number, drift = 0): string[] =>
    Array.from({ length: count }, () => company(source, codes, drift));
  const practice = companies(1800);
  const drifted = companies(1100, 1);
  const test = companies(500);
  return [
    csvFile("practicedata/dataset1.csv", HEADER, practice.slice(0, 1000)),
    csvFile("practicedata/dataset2.csv", HEADER, source.shuffle(practice.slice(800))),
    csvFile("sourcedata/dataset3.csv", HEADER, drifted.slice(0, 600)),
    csvFile("sourcedata/dataset4.csv", HEADER, source.shuffle(drifted.slice(500))),
    csvFile("testdata/testdata.csv", HEADER, test),
  ];
}

function company(source: Random, codes: Set<string>, drift: number): string {
  const employees = Math.max(1, Math.round(Math.exp(3.6 + 0.4 * drift + 1.3 * source.normal())));
  const lastYear = Math.round(Math.exp(6.3 - 0.4 * drift + 0.75 * source.normal()));
  const trend = Math.exp(-0.15 - 0.2 * drift + 0.85 * source.normal());
  const lastMonth = Math.round((lastYear / 12) * trend);
  const fall = -Math.log((lastMonth + 1) / (lastYear / 12 + 1));
  const inclination = -0.1 + 2.2 * fall - 1.2 * (Math.log(lastYear + 1) - 6.3) - 0.45 * (Math.log(employees) - 3.6);
  const exited = source.uniform() < 1 / (1 + Math.exp(-1.25 * inclination)) ? 1 : 0;
  const shownMonth = source.uniform() < MISSING_ACTIVITY ? "" : lastMonth;
  const shownEmployees = source.uniform() < MISSING_EMPLOYEES ? "" : employees;
  return [unusedCode(source, codes), shownMonth, lastYear, shownEmployees, exited].join(",");
}

function unusedCode(source: Random, codes: Set<string>): string {
  for (;;) {
    const length = 4 + source.integer(3);
    const code = Array.from({ length }, () => LETTERS[source.integer(LETTERS.length)]).join("");
    // Other tools would read "null" and "none" as missing.
    if (codes.has(code) || code === "null" || code === "none") continue;
    codes.add(code);
    return code;
  }
}
