import { checkConfig, formatPath, type PlacedFinding } from '../spec/index.ts';
import type { Configured } from './configure.ts';

/** What is wrong with a point's config. The sections that no axis touches are the spec's own, which was checked. */
export function checkPoint({ config, unreachable, sections }: Configured): PlacedFinding[] {
  if (!unreachable) return checkConfig(config, sections).filter(({ warning }) => !warning);
  const { axis, why } = unreachable;
  return [
    {
      code: 'sweep-unreachable',
      at: axis.at,
      on: 'key',
      path: formatPath(axis.at),
      message: `${axis.name} cannot be set: ${why}.`,
      remedy: 'Sweep the whole value instead, or give the axis a condition under `when`.',
    },
  ];
}
