/** The data of a sample workspace, drawn from a seed: the shape and the quirks of a real system, and none of its rows. */
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

/** The same seed gives the same bytes. None for a template without sample data. */
export async function sampleFiles(template: string, seed: number): Promise<SampleFile[]> {
  return (await samples[template]?.(seed)) ?? [];
}
