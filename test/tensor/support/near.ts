import assert from 'node:assert/strict';

/** How far two arrays lie apart, relative to the Euclidean norm of the expected one. */
export function distance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(found.length, expected.length);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i]! - expected[i]!) ** 2;
    norm += expected[i]! ** 2;
  }
  return Math.sqrt(difference / (norm || 1));
}

export function assertNear(
  found: Record<string, ArrayLike<number>>,
  expected: Record<string, ArrayLike<number>>,
  tolerance: number,
  what: string,
): void {
  assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    const error = distance(found[name]!, values);
    assert.ok(
      error <= tolerance,
      `${what}: ${name} is ${error.toExponential(2)} away (allowed ${tolerance})`,
    );
  }
}
