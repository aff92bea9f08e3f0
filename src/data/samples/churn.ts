/** Sample data: telephone customers who stay or leave, with double spaces in the header and files for the watch folder. */
import { random, type Random } from "../../core/random.ts";
import { csvFile, type SampleFile } from "./sampleFile.ts";

/** The double spaces are intended: the original system exports them. */
const HEADER =
  "Call  Failure,Complains,Subscription  Length,Charge  Amount,Seconds of Use,Frequency of use,Frequency of SMS," +
  "Distinct Called Numbers,Age Group,Tariff Plan,Status,Age,Customer Value,Churn";
const AGES = [15, 25, 30, 45, 55];

interface Population {
  readonly drift: number;
  /** Without the label column, as in a file to predict. */
  readonly unlabelled?: boolean;
}

/** Customers who complain or hardly use the telephone leave, about one in four; the rest is random. */
export function churnSample(seed: number): SampleFile[] {
  const source = random(seed);
  const customers = (count: number, population: Population): string[] =>
    Array.from({ length: count }, () => customer(source, population));
  const training = customers(1400, { drift: 0 });
  // Some customers appear twice.
  const withCopies = source.shuffle([...training, ...training.slice(0, 90)]);
  const unlabelled = HEADER.slice(0, HEADER.lastIndexOf(","));
  return [
    csvFile("sourcedata/customer_churn_0.csv", HEADER, withCopies),
    csvFile("testdata/customer_churn_holdout.csv", HEADER, customers(500, { drift: 0 })),
    csvFile("drops/customer_churn_1.csv", HEADER, customers(400, { drift: 1 })),
    csvFile("drops/customer_churn_2.csv", unlabelled, customers(400, { drift: 0, unlabelled: true })),
  ];
}

function customer(source: Random, { drift, unlabelled = false }: Population): string {
  const active = source.uniform() < 0.76 - 0.1 * drift;
  const uses = Math.round(Math.exp((active ? 4.2 : 2.6) - 0.35 * drift + 0.6 * source.normal()));
  const seconds = Math.round(uses * (50 + 25 * source.uniform()));
  const messages = Math.round(Math.exp(3.2 + 1.2 * source.normal()));
  const numbers = Math.round(1 + uses * (0.2 + 0.25 * source.uniform()));
  const failures = Math.round(uses * 0.1 * source.uniform() + 5 * source.uniform() * (1 + drift));
  const complains = source.uniform() < 0.08 ? 1 : 0;
  const length = Math.min(45, Math.max(3, Math.round(33 + 8 * source.normal())));
  const amount = Math.min(10, Math.floor(-1.2 * Math.log(1 - source.uniform())));
  const ageGroup = 1 + Math.min(4, Math.floor((source.uniform() + source.uniform()) * 2.5));
  const value = (seconds * 0.04 + messages * 4.1) * (1.35 - 0.1 * ageGroup);
  const inclination =
    -1.3 + 4.2 * complains + (active ? -2.2 : 1.4) - 1.3 * (Math.log(1 + uses) - 3.8) - 0.25 * amount + 0.5 * drift;
  const churn = source.uniform() < 1 / (1 + Math.exp(-1.6 * inclination)) ? 1 : 0;
  const cells = [failures, complains, length, amount, seconds, uses, messages, numbers, ageGroup];
  const rest = [source.uniform() < 0.08 ? 2 : 1, active ? 1 : 2, AGES[ageGroup - 1]!, value.toFixed(3)];
  return [...cells, ...rest, ...(unlabelled ? [] : [churn])].join(",");
}
