/** Names shown in a message: ten, and how many more there are. */
export function shown(names: readonly string[], most = 10): string {
  const list = names.slice(0, most).join('; ');
  return names.length > most ? `${list}; and ${names.length - most} more` : list;
}
