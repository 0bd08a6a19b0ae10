/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = Html | string | number | undefined | false | readonly Part[];

/** HTML of a template: what is put into it is text and cannot become markup, unless it is Html itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = strings[0]!;
  parts.forEach((part, i) => {
    text += toHtml(part) + strings[i + 1]!;
  });
  return new Html(text);
}

function toHtml(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(toHtml).join('');
  return escapeHtml(String(part));
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A name that may be broken where it has a slash, a dot or an underscore. */
export const breakable = (name: string): Html => new Html(escapeHtml(name).replace(/[/_.]/g, '$&<wbr>'));

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter]!);

/** Any value of a record, as text. */
export function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  return JSON.stringify(value) ?? String(value);
}
