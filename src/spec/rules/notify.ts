import { withoutSecrets } from '../../base/secrets.ts';
import { broken, type Rule } from './rule.ts';

/** notify.url is an address, or names variables that make one; that of a webhook must not be recorded. */
export const notify: Rule = {
  reads: ['notify'],
  check({ notify }) {
    const at = ['notify', 'url'];
    const url = notify?.url;
    if (url === undefined) return [];
    if (/\$\{[A-Za-z_][A-Za-z0-9_]*\}/.test(url)) return [];
    const host = /^https?:\/\/([^/?#]+)/i.exec(url)?.[1];
    if (host === undefined)
      return broken('rule-notify', at, 'notify.url is no address.', {
        found: withoutSecrets(url),
        expected: `${variable('NAME')} of a variable that holds it, or http(s)://HOST/…`,
      });
    // Of these services the path itself is the key.
    if (
      withoutSecrets(url) === url &&
      !/(?:^|\.)(?:slack\.com|discord\.com|discordapp\.com|office\.com)$/i.test(host)
    )
      return [];
    return broken('rule-secret', at, 'notify.url is a key, which would be recorded.', {
      found: `https://${host.replace(/^.*@/, '')}/***`,
      remedy: `Put it into a variable, and write "url: ${variable('SLACK_WEBHOOK')}".`,
    });
  },
};

const variable = (name: string): string => `\${${name}}`;
