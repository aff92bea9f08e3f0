/** Whether the interval contains the value, so that the difference is not significant. */
export function covers(interval: readonly [number, number] | null | undefined, value: number): boolean {
  return interval !== null && interval !== undefined && interval[0] <= value && value <= interval[1];
}
