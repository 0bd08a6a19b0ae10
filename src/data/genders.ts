import { FacecomError, type Place } from '../base/errors.ts';
import { canonical } from './names.ts';

export interface Spellings {
  male: string[];
  female: string[];
}

/** Reads genders as the spec spells them; nothing is guessed. */
export class Genders {
  private readonly known: Map<string, 0 | 1>;
  private readonly folders: Map<string, 0 | 1>;
  private readonly unknown = new Map<string, { count: number; first: Place }>();

  constructor({ male, female }: Spellings) {
    const both = [...male.map((text) => [text, 0] as const), ...female.map((text) => [text, 1] as const)];
    this.known = new Map(both.map(([text, gender]) => [canonical(text), gender]));
    this.folders = new Map(both.map(([text, gender]) => [canonical(text).toLowerCase(), gender]));
    for (const text of male)
      if (female.some((other) => canonical(other) === canonical(text)))
        throw new FacecomError('data-gender', 'data.genders gives one spelling to both genders.', {
          found: text,
          exitCode: 2,
        });
  }

  /** 0 male, 1 female, −1 if there is no label; undefined for a spelling that the spec does not name. */
  read(value: unknown): -1 | 0 | 1 | undefined {
    if (value === undefined || value === null) return -1;
    const text = canonical(String(value));
    return text === '' ? -1 : this.known.get(text);
  }

  /** The gender that a folder's name means, in any letter case. */
  folder(name: string): 0 | 1 | undefined {
    return this.folders.get(canonical(name).toLowerCase());
  }

  /** As `read`, noting what is not known for `check`. */
  collect(value: unknown, place: Place): -1 | 0 | 1 {
    const gender = this.read(value);
    if (gender !== undefined) return gender;
    const text = canonical(String(value));
    const seen = this.unknown.get(text);
    if (seen) seen.count++;
    else this.unknown.set(text, { count: 1, first: place });
    return -1;
  }

  /** Throws `data-gender` if a spelling was not known. */
  check(): void {
    const [first] = this.unknown.values();
    if (!first) return;
    const found = [...this.unknown]
      .slice(0, 10)
      .map(([text, { count }]) => `${JSON.stringify(text)} (${count})`);
    throw new FacecomError(
      'data-gender',
      'There are genders in a spelling that data.genders does not name.',
      {
        place: first.first,
        found: `${found.join(', ')}${this.unknown.size > 10 ? ', …' : ''}`,
        expected: [...this.known].map(([text]) => JSON.stringify(text)).join(', '),
        remedy: 'Name the spellings in the spec: data.genders: {male: [M], female: [F]}.',
        exitCode: 2,
      },
    );
  }
}
