// A data source that needs no files: people are stripes of one width, drawn in one of two colours.
import { defineSource } from 'facecom';

export default defineSource<{ people: number; each: number }>({
  name: 'stripes',
  description: 'Stripes: their width is the person, their colour the gender.',
  parameters: {
    people: { type: 'integer', description: 'Widths of stripes.', minimum: 2, default: 4 },
    each: { type: 'integer', description: 'Pictures of each.', minimum: 4, default: 8 },
  },
  open({ people, each }, { size }) {
    const all = Array.from({ length: people * each }, (_, k) => ({
      person: Math.floor(k / each),
      shift: k % each,
    }));
    return {
      version: '1',
      pictures: all.map(({ person, shift }) => ({
        name: `${person}-${shift}.png`,
        person: `width ${person + 2}`,
        gender: person % 2 === 0 ? 'Male' : 'Female',
      })),
      decode(index) {
        const { person, shift } = all[index]!;
        const pixels = new Uint8Array(size * size * 3);
        for (let i = 0; i < size * size; i++)
          if (Math.floor(((i % size) + shift) / (person + 2)) % 2 === 0) pixels[i * 3 + (person % 2)] = 255;
        return pixels;
      },
    };
  },
});
