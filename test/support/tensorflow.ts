import { locateTensorFlow } from '../../src/install/tensorflow/locate.ts';

/** For `{ skip }` of a test that needs native TensorFlow: false if it is installed, else why the test is left out. */
export const withoutTensorFlow: string | false = locateTensorFlow()
  ? false
  : 'native TensorFlow is not installed: run `facecom setup`, or set FACECOM_TENSORFLOW_DIR';
