/** Data of a sample workspace, generated from a seed: the columns and quirks of a real system, but none of its rows. */
import { attritionSample } from "./attrition.ts";
import { churnSample } from "./churn.ts";
import { courseSample } from "./course.ts";
import { crsSample } from "./crs.ts";
import type { SampleFile } from "./sampleFile.ts";
import { trafficSample } from "./traffic.ts";

const samples: Readonly<Record<string, (seed: number) => SampleFile[] | Promise<SampleFile[]>>> = {
  attrition: attritionSample,
  crs: crsSample,
  traffic: trafficSample,
  churn: churnSample,
  course: courseSample,
};

/** The same seed gives the same bytes. Empty for a template without sample data. */
export async function sampleFiles(template: string, seed: number): Promise<SampleFile[]> {
  return (await samples[template]?.(seed)) ?? [];
}
