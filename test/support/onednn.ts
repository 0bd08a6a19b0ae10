import { locateOneDnn } from '../../src/install/onednn/locate.ts';

/** For `{ skip }` of a test that needs oneDNN: false if it is installed, else why the test is left out. */
export const withoutOneDnn: string | false = locateOneDnn()
  ? false
  : 'oneDNN is not installed: run `facecom setup`, or set FACECOM_ONEDNN_DIR';
