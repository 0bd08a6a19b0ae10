import { basename } from 'node:path';
import { sideOf } from '../sides.ts';
import type { Side } from '../split.ts';
import { isVersionFolder, type Version, versionsOf } from '../versions.ts';

/** An image of the challenge by where it lies. */
export interface ChallengeFile extends Version {
  /** Path below the folder. */
  name: string;
  task: 'A' | 'B';
  side: Side | undefined;
  /** Folder that the task lies in. */
  root: string;
  /** Task A's folder. */
  gender?: 0 | 1;
  /** Task B's folder. */
  person?: string;
}

const task = /^task[ _-]?([ab])$/i;
const gender = /^(?:(male|males|men|man)|(?:female|females|women|woman))$/i;
/** Folders between a side and its identities that name nobody. */
const wrapper = /^(?:identities|identity|people|persons|images|data|faces)$/i;
/** `val_filtered`, `test_images`, `train (1)` */
const sideWithMore = /^(train|val|validation|test)(?:[ _-].*)?$/i;

/**
 * Reads the paths of a challenge folder, whatever it is nested in: a task's name and a side's name count wherever they stand. Also
 * gives the images that lie in no such folder.
 */
export function readTree(
  folder: string,
  names: readonly string[],
): { files: ChallengeFile[]; strange: string[] } {
  const versions = versionsOf(names);
  const files: ChallengeFile[] = [];
  const strange: string[] = [];
  for (const [i, name] of names.entries()) {
    // The folder itself may be one task or one side.
    const read = readPath(name.split('/').slice(0, -1), basename(folder), versions[i]!);
    if (read) files.push({ name, ...versions[i]!, ...read });
    else strange.push(name);
  }
  return { files, strange };
}

function readPath(
  folders: readonly string[],
  above: string,
  { stem }: Version,
): Pick<ChallengeFile, 'task' | 'side' | 'gender' | 'person' | 'root'> | undefined {
  const taskAt = folders.findLastIndex((part) => task.test(part));
  const letter = task.exec(taskAt < 0 ? above : folders[taskAt]!)?.[1]?.toUpperCase() as
    | 'A'
    | 'B'
    | undefined;
  const after = (test: (part: string) => boolean) =>
    folders.findIndex((part, at) => at > taskAt && test(part));
  const exact = after((part) => sideOf(part) !== undefined);
  const sideAt = exact < 0 ? after((part) => sideWithMore.test(part)) : exact;
  const wrapped = folders.some((part) => /^identities$/i.test(part));
  const side =
    sideAt < 0 ? sideOf(above) : sideOf(sideWithMore.exec(folders[sideAt]!)?.[1] ?? folders[sideAt]!);
  if (!letter && !side && !wrapped) return undefined;
  const rest = folders
    .slice(Math.max(taskAt, sideAt) + 1)
    .filter((part) => !isVersionFolder(part) && !wrapper.test(part));
  const root = folders.slice(0, taskAt >= 0 ? taskAt : Math.max(0, sideAt)).join('/');
  const match = letter === 'B' ? null : gender.exec(rest[0] ?? '');
  // Without a task's name, folders of identities below those of genders are none of the challenge's.
  if (match && !letter && rest.length > 1) return undefined;
  if (match) return { task: 'A', side, root, gender: match[1] ? 0 : 1 };
  if (letter === 'A') return undefined;
  // Images without a folder of their own are named after their identity: 001_frontal_foggy.jpg, James_Hoffa_0001.jpg.
  const person = rest.length > 0 ? rest.join('/') : stem.replace(/_\d{4}$/, '');
  return { task: 'B', side, root, person };
}
