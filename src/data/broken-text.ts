/** What is said of images that cannot be decoded. */
export const undecoded = (count: number): string =>
  count === 1 ? 'An image cannot be decoded.' : `${count} images cannot be decoded.`;

/** What is said of images that are passed over. */
export const leftOut = (count: number, all: number, what: 'read' | 'decoded'): string =>
  `${count} of ${all} images cannot be ${what} and ${count === 1 ? 'is' : 'are'} left out`;
