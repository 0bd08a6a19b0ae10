#!/usr/bin/env node
// The program's entry: makes sure that dist/ belongs to src/ (a checkout needs no build step), then starts it.
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../scripts/build.mjs';

const dist = await ensureBuilt();
// From Node 22.1 on, compiled code is kept beside the modules for the next start.
module.enableCompileCache?.(fileURLToPath(`${dist}/compiled`));
await import(`${dist}/main.js`);
