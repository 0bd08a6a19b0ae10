import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where a run's best checkpoint lies as `facecom export --format onnx` writes it, for MLflow. */
export const modelFolder = (runDir: string): string => join(runDir, 'model');

/** Whether all of it is there: the card is written last. */
export const hasModel = (runDir: string): boolean => existsSync(join(modelFolder(runDir), 'model.json'));
