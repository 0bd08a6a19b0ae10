import type { Random } from '../../base/random.ts';
import type { Picture } from '../../pixels/index.ts';

/** A JSON Schema of one parameter, with its default. */
export interface ParameterSchema {
  type: 'number' | 'integer' | 'boolean' | 'array';
  description: string;
  default: unknown;
  [keyword: string]: unknown;
}

/** One augmentation effect: its name, its parameters' schema and what it does to an image. */
export interface Effect<Parameters> {
  /** Its name in `augment.policy`. */
  name: string;
  description: string;
  /** Probability with which it is applied, if the policy does not say. */
  p: number;
  /**
   * What it changes: `geometry` moves pixels and is not counted by `augment.max_effects`; of the effects of kind `light`, which change
   * how bright the whole image is, that limit lets one through. Left out: `other`.
   */
  kind?: 'geometry' | 'light' | 'other';
  parameters: { [Name in keyof Parameters]: ParameterSchema };
  /** Values of parameters at which the effect does nothing: `augment.strength` moves parameters from there; others stay. */
  neutral?: { [Name in keyof Parameters]?: number };
  /** Draws what is random from the stream and changes the image in place. */
  apply(picture: Picture, parameters: Parameters, random: Random): void;
}

/** A pair `[low, high]` of numbers, from which one is drawn. */
export type Range = [number, number];

/** The schema of a range whose ends lie between the bounds. */
export function range(
  description: string,
  initial: Range,
  bounds: { minimum?: number; exclusiveMinimum?: number; maximum?: number; integer?: true },
): ParameterSchema {
  const { integer, ...limits } = bounds;
  return {
    type: 'array',
    description,
    items: { type: integer ? 'integer' : 'number', ...limits },
    minItems: 2,
    maxItems: 2,
    default: initial,
  };
}

/** The schema of a number between the bounds. */
export function number(
  description: string,
  initial: number,
  bounds: { minimum?: number; exclusiveMinimum?: number; maximum?: number },
): ParameterSchema {
  return { type: 'number', description, ...bounds, default: initial };
}

/** The schema of a part of the image. */
export function area(description: string, initial: [number, number, number, number]): ParameterSchema {
  return {
    type: 'array',
    description: `${description}: x_min, y_min, x_max, y_max as fractions of the side.`,
    items: { type: 'number', minimum: 0, maximum: 1 },
    minItems: 4,
    maxItems: 4,
    default: initial,
  };
}

/** The schema of a colour, RGB in 0..255. */
export function colour(description: string, initial: [number, number, number]): ParameterSchema {
  return {
    type: 'array',
    description: `${description} RGB, 0..255.`,
    items: { type: 'number', minimum: 0, maximum: 255 },
    minItems: 3,
    maxItems: 3,
    default: initial,
  };
}

/** An odd whole number between the two, or the first made odd if none lies between. */
export function oddBetween([low, high]: Range, random: Random): number {
  const first = Math.floor(low / 2);
  const last = Math.max(first, Math.floor((high - 1) / 2));
  return 2 * random.integer(first, last) + 1;
}
