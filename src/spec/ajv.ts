// Loaded for plugins alone: without them the schema's validator is compiled when facecom is built.
export { Ajv2020 } from 'ajv/dist/2020.js';
