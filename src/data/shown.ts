/** Characters of a name that are shown: it may come from anywhere. */
const longest = 200;

/** Names shown in a message: ten, and how many more there are. */
export function shown(names: readonly string[], most = 10): string {
  const list = names
    .slice(0, most)
    .map((name) => (name.length > longest ? `${name.slice(0, longest)}…` : name))
    .join('; ');
  return names.length > most ? `${list}; and ${names.length - most} more` : list;
}
