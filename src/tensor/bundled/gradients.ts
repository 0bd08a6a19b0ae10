import { createRequire } from 'node:module';

// tfjs-core does not register its gradients by itself. Node cannot import this part of it (its imports have no extensions):
// scripts/bundle.mjs makes it part of the bundle.
createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js');
