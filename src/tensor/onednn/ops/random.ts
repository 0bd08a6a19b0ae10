import { DataType } from '../../native/library.ts';
import { uniform } from '../philox.ts';
import { constantOf, input, type OpRule, output } from './rule.ts';

/** shape, seed [2] → uniform in [0, 1): the numbers that TensorFlow draws for the seed. */
export const statelessRandomUniform: OpRule = {
  infer: (node) => [{ shape: constantOf(input(node, 0)), dtype: DataType.FLOAT }],
  emit: (node, e) => {
    const seed = e.tensor(input(node, 1));
    const y = e.output(output(node));
    e.host('StatelessRandomUniform', [seed], [y], ([words, to]) => {
      uniform(words![0]!, words![1]!, to as Float32Array);
    });
  },
};
