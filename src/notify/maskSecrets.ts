/** Removes secrets from a message before it is shown. */

/** Shorter secrets, such as the path "/", would mask unrelated characters. */
const MIN_LENGTH = 4;

/** Longest first, so that a whole URL is masked before its password. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const long = [...new Set(secrets)].filter((secret) => secret.length >= MIN_LENGTH);
  return long
    .toSorted((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
}
