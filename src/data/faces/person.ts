import { hash, Random } from '../../base/random.ts';

export type Colour = readonly [number, number, number];

/** What stays the same in every image of an identity. Lengths are fractions of the image's side at scale 1. */
export interface Person {
  index: number;
  gender: 0 | 1;
  /** Half the width of the head, its height above and below the centre. */
  head: { width: number; top: number; bottom: number; jaw: number; taper: number };
  skin: Colour;
  /** 0 young, 1 old: lines and grey hair. */
  age: number;
  ears: number;
  eyes: {
    apart: number;
    width: number;
    open: number;
    tilt: number;
    height: number;
    iris: Colour;
    lash: number;
  };
  brows: { thick: number; arch: number; tilt: number; height: number };
  nose: { length: number; width: number; bridge: number };
  mouth: { width: number; upper: number; lower: number; height: number; colour: Colour };
  hair: Hair;
  beard: { opacity: number; moustache: number; cheeks: number };
  glasses: { colour: Colour; width: number; height: number; round: number; thick: number } | undefined;
  earrings: Colour | undefined;
  mole: { u: number; v: number } | undefined;
  freckles: number;
}

export interface Hair {
  colour: Colour;
  /** Height of the hairline above the centre; the crown itself on a bald head. */
  line: number;
  /** Thickness over the skull; 0: shaved. */
  volume: number;
  /** Where the sides end below the centre; negative: above the ears. */
  length: number;
  /** Side of the parting, −1..1. */
  part: number;
  /** 0: brushed back, 1: over the forehead. */
  fringe: number;
  /** Waves of the outline. */
  curl: number;
  bun: boolean;
  streaks: number;
}

/**
 * The identity of that number: the same at every call, whatever the number of identities. Each trait of consecutive identities is spread
 * evenly over its range (an additive recurrence), so that few of them look alike. Gender shifts the odds of traits and
 * decides none: the two overlap in each.
 */
export function makePerson(seed: number, index: number): Person {
  const random = new Random(seed, 'person', index);
  const pair = new Random(seed, 'gender', index >> 1).chance(0.5) ? 1 : 0;
  const gender = ((index & 1) ^ pair) as 0 | 1;
  const spread = (trait: string): number => {
    const alpha = 0.5 + (hash(seed, ['step', trait]) >>> 1) / 2 ** 32;
    const start = (hash(seed, ['start', trait]) >>> 0) / 2 ** 32;
    return (start + index * alpha) % 1;
  };
  const between = (trait: string, low: number, high: number) => low + (high - low) * spread(trait);
  /** Between low and high, moved by `shift` of the range for women. */
  const shifted = (trait: string, low: number, high: number, shift: number) =>
    low + (high - low) * Math.max(0, Math.min(1, spread(trait) * 0.75 + 0.125 + shift * (gender - 0.5)));
  const odds = (trait: string, man: number, woman: number) => spread(trait) < (gender === 1 ? woman : man);
  const age = between('age', 0, 1);
  const skin = skinColour(spread('skin'), spread('undertone'));
  const lip = shifted('lips', 0.1, 0.75, 0.45);
  const styled = makeHair(spread, gender, age);
  return {
    index,
    gender,
    head: {
      width: shifted('head width', 0.225, 0.3, -0.2),
      top: between('head top', 0.29, 0.35),
      bottom: shifted('head bottom', 0.31, 0.4, -0.15),
      jaw: shifted('jaw', 1.7, 3.6, -0.35),
      taper: between('taper', 0.02, 0.3),
    },
    skin,
    age,
    ears: between('ears', 0.035, 0.065),
    eyes: {
      apart: between('eyes apart', 0.092, 0.135),
      width: shifted('eye width', 0.038, 0.062, 0.2),
      open: shifted('eye open', 0.013, 0.03, 0.25),
      tilt: between('eye tilt', -0.22, 0.22),
      height: between('eye height', -0.04, 0.035),
      iris: irisColour(spread('iris'), skin),
      lash: shifted('lash', 0.003, 0.009, 0.35),
    },
    brows: {
      thick: shifted('brow thick', 0.006, 0.024, -0.35),
      arch: shifted('brow arch', 0, 0.03, 0.25),
      tilt: between('brow tilt', -0.25, 0.25),
      height: between('brow height', 0.048, 0.08),
    },
    nose: {
      length: between('nose length', 0.1, 0.17),
      width: shifted('nose width', 0.028, 0.062, -0.15),
      bridge: between('bridge', 0.2, 1),
    },
    mouth: {
      width: between('mouth width', 0.065, 0.12),
      upper: shifted('upper lip', 0.006, 0.02, 0.2),
      lower: shifted('lower lip', 0.008, 0.028, 0.2),
      height: between('mouth height', 0.52, 0.66),
      colour: mix(skin, [0.68, 0.13, 0.2], lip),
    },
    hair: styled,
    beard: odds('beard', 0.45, 0.03)
      ? {
          opacity: random.pick([0.35, 0.75, 0.95]),
          moustache: random.pick([0, 1, 1]),
          cheeks: random.pick([0, 0.4, 1]),
        }
      : { opacity: 0, moustache: 0, cheeks: 0 },
    glasses: odds('glasses', 0.3, 0.28)
      ? {
          colour: random.pick<Colour>([
            [0.06, 0.06, 0.07],
            [0.35, 0.2, 0.1],
            [0.55, 0.12, 0.15],
            [0.6, 0.6, 0.62],
            [0.1, 0.2, 0.45],
          ]),
          width: random.uniform(0.068, 0.088),
          height: random.uniform(0.042, 0.07),
          round: random.uniform(0.2, 1),
          thick: random.uniform(0.005, 0.012),
        }
      : undefined,
    earrings: odds('earrings', 0.08, 0.5)
      ? random.pick<Colour>([
          [0.95, 0.8, 0.3],
          [0.85, 0.87, 0.9],
          [0.2, 0.6, 0.55],
        ])
      : undefined,
    mole: odds('mole', 0.3, 0.3)
      ? { u: random.uniform(-0.16, 0.16), v: random.uniform(0.06, 0.22) }
      : undefined,
    freckles: odds('freckles', 0.2, 0.25) ? random.uniform(0.4, 1) : 0,
  };
}

function makeHair(spread: (trait: string) => number, gender: 0 | 1, age: number): Hair {
  const bald = gender === 0 && spread('bald') < 0.16 + 0.2 * age;
  const long = spread('hair long') < (gender === 1 ? 0.66 : 0.2);
  const colour = mix(hairColour(spread('hair colour')), [0.72, 0.72, 0.7], Math.max(0, age - 0.6) * 2.2);
  const volume = spread('volume');
  return {
    colour,
    line: bald ? 0.4 : 0.17 + 0.09 * spread('hairline') + (gender === 0 ? 0.02 * age : 0),
    volume: bald ? 0.004 : long ? 0.03 + 0.05 * volume : 0.012 + 0.07 * volume * volume,
    length: bald
      ? -0.02
      : long
        ? 0.16 + 0.4 * spread('hair length')
        : -0.1 + (gender === 1 ? 0.16 : 0.09) * spread('hair length'),
    part: 2 * spread('part') - 1,
    fringe: bald ? 0 : Math.max(0, spread('fringe') * 1.6 - 0.7),
    curl: Math.max(0, spread('curl') * 1.8 - 0.8),
    bun: !bald && spread('bun') < (gender === 1 ? 0.22 : 0.05),
    streaks: 25 + 50 * spread('streaks'),
  };
}

function skinColour(tone: number, undertone: number): Colour {
  const light: Colour = [0.97, 0.82, 0.73];
  const middle: Colour = [0.8, 0.58, 0.43];
  const dark: Colour = [0.36, 0.23, 0.17];
  const base = tone < 0.5 ? mix(light, middle, tone * 2) : mix(middle, dark, tone * 2 - 1);
  return mix(base, [base[0] * 1.03, base[1] * 0.92, base[2] * 0.93], undertone);
}

function hairColour(u: number): Colour {
  const colours: Colour[] = [
    [0.07, 0.06, 0.06],
    [0.16, 0.1, 0.07],
    [0.3, 0.18, 0.1],
    [0.46, 0.29, 0.15],
    [0.78, 0.6, 0.33],
    [0.58, 0.23, 0.1],
    [0.9, 0.78, 0.55],
  ];
  const at = u * (colours.length - 1);
  const k = Math.min(colours.length - 2, Math.floor(at));
  return mix(colours[k]!, colours[k + 1]!, at - k);
}

function irisColour(u: number, skin: Colour): Colour {
  if (skin[0] < 0.6 || u < 0.45) return [0.26 - 0.2 * (u % 0.3), 0.14, 0.07];
  if (u < 0.65) return [0.2, 0.42, 0.66];
  if (u < 0.85) return [0.26, 0.48, 0.3];
  return [0.45, 0.5, 0.52];
}

export function mix(a: Colour, b: Colour, share: number): Colour {
  const t = Math.max(0, Math.min(1, share));
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}
