/** Takes secrets out of a text before anyone sees it. */

/** Shorter texts, such as the path "/", would mask letters everywhere. */
const SHORTEST = 4;

/** Longest first, so that a URL is masked whole before its password. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const long = [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST);
  return long
    .toSorted((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
}
