#!/usr/bin/env node
// The program's entry: makes sure that dist/ belongs to src/ (a checkout needs no build step), then starts it.
import { ensureBuilt } from '../scripts/build.mjs';

const dist = await ensureBuilt();
await import(`${dist}/main.js`);
