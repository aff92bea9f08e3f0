/** Whether an interval of the model leaves open which side of a value it is on. */
export function covers(interval: readonly [number, number] | null | undefined, value: number): boolean {
  return interval !== null && interval !== undefined && interval[0] <= value && value <= interval[1];
}
