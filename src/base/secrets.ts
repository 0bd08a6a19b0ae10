/**
 * Keys and passwords in text that is shown or recorded. What looks like one is masked: better a word too many than a key that is
 * sent with every run.
 */

/** Words in the name of a value that is secret. */
const names =
  /(?:api[_-]?key|access[_-]?key|private[_-]?key|secret|token|passw(?:or)?d|passwd|credential|signature|sig|auth)/
    .source;

const patterns: readonly RegExp[] = [
  // User and password of an address.
  /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^/?#\s"'@]+(?=@)/gi,
  // A parameter of an address.
  new RegExp(`(?<=[?&;](?:[\\w.-]*[_.-])?${names}[\\w.-]*=)[^&#\\s"']+`, 'gi'),
  // NAME=value, name: value, as .env files, YAML and JSON have it.
  new RegExp(
    `(?<=\\b(?:[\\w.-]*[_.-])?${names}(?:[_.-][\\w.-]*)?["']?\\s*[:=]\\s*["']?)[^\\s"',;&#]{6,}`,
    'gi',
  ),
  // Well-known forms: AWS, GitHub, GitLab, Slack, OpenAI and the like, Hugging Face, Google, JSON web tokens.
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk-|hf_|AIza|npm_|pypi-)[\w-]{16,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** A text with its secrets masked; `sameLength` keeps the places of all that follows. */
export function withoutSecrets(text: string, { sameLength = false } = {}): string {
  const mask = (secret: string) => (sameLength ? '*'.repeat(secret.length) : '***');
  return patterns.reduce((shown, pattern) => shown.replace(pattern, mask), text);
}

export const holdsSecret = (text: string): boolean => withoutSecrets(text) !== text;
