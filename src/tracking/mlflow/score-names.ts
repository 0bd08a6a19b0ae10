/**
 * The name of a score of the best checkpoint, which is not that of the last step: `val/x` is `val_best/x`, beside the curve that it belongs
 * to and behind it (MLflow's charts stand in the order of their names); the test's keep theirs; one without a slash is `final/x`.
 */
export function bestName(name: string): string {
  if (name.startsWith('test/')) return name;
  return name.includes('/') ? name.replace('/', '_best/') : `final/${name}`;
}
