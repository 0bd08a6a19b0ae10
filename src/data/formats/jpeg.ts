const SCAN = Buffer.from([0xff, 0xda]);
const END = Buffer.from([0xff, 0xd9]);

/**
 * What a decoder says of a JPEG file whose last scan has no end (ISO/IEC 10918-1, B.2.1), as of one that was cut short; undefined of a whole
 * one, which is not decoded, and of one that decodes all the same.
 */
export async function jpegDamage(file: Buffer): Promise<string | undefined> {
  // As nearly every file does, whose pixels need not be searched.
  if (file.subarray(-END.length).equals(END) && file.includes(SCAN)) return undefined;
  const scan = file.lastIndexOf(SCAN);
  if (scan >= 0 && file.indexOf(END, scan) >= 0) return undefined;
  const { default: sharp } = await import('sharp');
  try {
    await sharp(file, { failOn: 'error' }).resize(8, 8).raw().toBuffer();
    return undefined;
  } catch {
    return 'the file ends early';
  }
}
