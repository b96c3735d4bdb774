const CHANNELS = 'sms|whatsapp|calls|records|events';
// Only these know everything: they put the subjects together.
const COMPOSERS = '^src/(app|main|served-database|upkeep)\\.ts$|^src/commands/|^src/demo/';
const INDEXES = ['^src/[^/]+/index\\.ts$', '^src/[^/]+/[^/]+/index\\.ts$'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'product-never-imports-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/demo/|\\.test\\.ts$' },
      to: { path: '^(test|fixtures|docker)/' },
    },
    {
      name: 'a-channel-never-imports-another',
      severity: 'error',
      from: { path: `^src/(${CHANNELS})/` },
      to: { path: `^src/(${CHANNELS})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'other-subjects-only-through-their-index',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', ...INDEXES] },
    },
    {
      name: 'composers-only-through-an-index',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: [...INDEXES, '^src/commands/'] },
    },
    {
      name: 'only-the-composers-know-everything',
      severity: 'error',
      from: { path: '^src/', pathNot: `${COMPOSERS}|\\.test\\.ts$` },
      to: { path: COMPOSERS },
    },
    {
      name: 'the-base-imports-no-channel',
      severity: 'error',
      from: { path: '^src/(config|http|journal|odoo|phone)/' },
      to: { path: `^src/(${CHANNELS}|admin)/` },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'product-needs-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/demo/|\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
