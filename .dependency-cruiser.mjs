/** The boundaries of the architecture, as failing checks. See ARCHITECTURE.md. */
const packageNames = 'contracts|metadata-db|scheduler-client|jetstream|staged-files|service-host|local-stack|test-harness';

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'contracts-import-only-zod',
      comment: 'Contracts are read by every service, so they bring no behaviour and no I/O with them.',
      severity: 'error',
      from: { path: '^packages/contracts/src', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^packages/contracts/src', 'node_modules/zod/'] },
    },
    {
      name: 'metadata-are-the-api-and-scheduler-s',
      comment: 'Fetcher and importer learn what they need from events and questions, and write no metadata.',
      severity: 'error',
      from: { path: '^apps/(fetcher|importer)/' },
      to: { path: '^packages/metadata-db/' },
    },
    {
      name: 'apps-do-not-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'src-never-imports-test-harness',
      severity: 'error',
      from: { path: '^(apps|packages)/[^/]+/src', pathNot: ['\\.spec\\.ts$', '^packages/test-harness/'] },
      to: { path: '^packages/(test-harness|local-stack)/', pathNot: '^packages/local-stack/src' },
    },
    {
      name: 'packages-through-their-front-door',
      comment: 'A package publishes one index; its inside is its own.',
      severity: 'error',
      from: { path: '^(apps|packages|e2e|bench)/([^/]+)/' },
      to: { path: `^packages/(${packageNames})/(src|dist)/`, pathNot: ['^packages/[^/]+/(src|dist)/index\\.', '^$1/$2/'] },
    },
    {
      name: 'importer-stages-do-not-import-stages',
      comment: 'Only the story knows the order of the steps.',
      severity: 'error',
      from: { path: '^apps/importer/src/(unpack|formats|columns|geometry|load|swap)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/importer/src/[^/]*import-run\\.' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist'] },
    exclude: { path: '(^|/)(dist|node_modules/(?!zod))/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
