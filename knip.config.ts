import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: ['src/main.ts', 'test/checks/*.ts', 'test/bench/**/*.ts', 'test/fuzz/{healthy,viaduct-server}.ts'],
  project: ['{src,test,fixtures,docker}/**/*.ts'],
  // A closed set and the type made from it are declared together, and often only one of them is imported.
  ignoreExportsUsedInFile: true,
  exclude: ['types'],
};

export default config;
