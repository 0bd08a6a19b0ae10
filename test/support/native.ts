import { locateOneDnn } from '../../src/install/onednn/locate.ts';
import { locateTensorFlow } from '../../src/install/tensorflow/locate.ts';

/** For `{ skip }` of a test that trains with what `auto` takes: false if a native library is installed, else why it is left out. */
export const withoutNative: string | false =
  locateOneDnn() || locateTensorFlow()
    ? false
    : 'neither oneDNN nor native TensorFlow is installed: run `facecom setup`';
