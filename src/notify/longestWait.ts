/** How long a delivery waits between its tries, all in all. */

/** Half a second, then twice as long each time. */
export const FIRST_WAIT_MILLISECONDS = 500;

/** In milliseconds. @param retries tries after the first one */
export function longestWait(retries: number): number {
  return FIRST_WAIT_MILLISECONDS * (2 ** retries - 1);
}
