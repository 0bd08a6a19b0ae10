export { type Definition, type Kind, kinds, type ParameterSchema, type Plugin } from './definition.ts';
export { pluginsDigest } from './digest.ts';
export { nameTaken, usePlugins } from './load.ts';
export {
  activatePlugins,
  definitionsInUse,
  extension,
  extensionHash,
  extensionNames,
  onPluginsChange,
  pluginOf,
} from './registry.ts';
