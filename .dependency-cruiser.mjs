/**
 * The boundaries of the architecture, as failing checks: see ARCHITECTURE.md. Packages are seen as their consumers
 * see them, through `dist`, so build first.
 */
const spec = '\\.spec\\.ts$';
const saysNothing =
  '^(apps|packages|e2e|bench|chaos)/.*/(utils?|common|helpers?|shared|types|misc|lib|core|interfaces|enums|constants)(/|\\.ts$)';

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'A package that is not built is invisible to all other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'names-say-what-is-inside',
      comment: 'A helper stands beside its one caller; with two it gets a name of its domain.',
      severity: 'error',
      from: {},
      to: { path: saysNothing, pathNot: '(node_modules|dist)/' },
    },
    {
      name: 'contracts-import-only-zod',
      comment: 'Contracts are read by every service, so they bring no behaviour and no I/O with them.',
      severity: 'error',
      from: { path: '^packages/contracts/src', pathNot: spec },
      to: { pathNot: ['^packages/contracts/src', 'node_modules/zod/'] },
    },
    {
      name: 'metadata-are-the-api-and-scheduler-s',
      comment: 'Fetcher and importer learn what they need from events and questions, and write no metadata.',
      severity: 'error',
      from: { path: '^(apps/(fetcher|importer)|packages/(scheduler-client|jetstream|staged-files))/' },
      to: { path: '^packages/metadata-db/' },
    },
    {
      name: 'typeorm-is-for-the-metadata',
      comment: 'TypeORM is for the metadata; the data plane is pg and SQL.',
      severity: 'error',
      from: { path: '^apps/(fetcher|importer)/' },
      to: { path: 'node_modules/typeorm/' },
    },
    {
      name: 'apps-do-not-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-do-not-import-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|e2e|bench|chaos)/' },
    },
    {
      name: 'src-never-imports-test-harness',
      severity: 'error',
      from: { path: '^(apps|packages)/[^/]+/src', pathNot: [spec, '^packages/test-harness/'] },
      to: { path: '^packages/test-harness/' },
    },
    {
      name: 'services-know-nothing-of-the-machine-they-run-on',
      severity: 'error',
      from: { path: '^(apps|packages)/[^/]+/src', pathNot: '^packages/(test-harness|local-stack)/' },
      to: { path: '^packages/local-stack/' },
    },
    {
      name: 'packages-through-their-front-door',
      comment: 'A package publishes one index; its inside is its own.',
      severity: 'error',
      from: { path: '^(apps|packages|e2e|bench|chaos)/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/(src|dist|medium)/',
        pathNot: ['^packages/[^/]+/dist/index\\.', '^$1/$2/'],
      },
    },
    {
      name: 'stages-do-not-know-their-story',
      comment: 'Only the story knows the order of the steps.',
      severity: 'error',
      from: { path: '^apps/(fetcher|importer)/src/[^/]+/', pathNot: spec },
      to: { path: '^apps/$1/src/(fetch-run|import-run)\\.' },
    },
    {
      name: 'importer-stages-look-back-only',
      comment:
        'A stage may use the words of one before it on the path (formats, columns, geometry, load, swap).',
      severity: 'error',
      from: { path: '^apps/importer/src/(unpack|formats|columns|geometry)/', pathNot: spec },
      to: { path: '^apps/importer/src/(load|swap|sweep)/' },
    },
    {
      name: 'importer-reading-does-not-depend-on-meaning',
      severity: 'error',
      from: { path: '^apps/importer/src/(unpack|formats)/', pathNot: spec },
      to: { path: '^apps/importer/src/(columns|geometry)/' },
    },
    {
      name: 'importer-loading-does-not-know-swapping',
      severity: 'error',
      from: { path: '^apps/importer/src/load/', pathNot: spec },
      to: { path: '^apps/importer/src/(swap|sweep)/' },
    },
    {
      name: 'scheduler-stages-do-not-import-stages',
      comment: 'The rescuer closes runs by recording their end, which is why it alone may.',
      severity: 'error',
      from: { path: '^apps/scheduler/src/(claim|dispatch|record|answer)/', pathNot: spec },
      to: {
        path: '^apps/scheduler/src/(claim|dispatch|record|rescue|answer)/',
        pathNot: '^apps/scheduler/src/$1/',
      },
    },
    {
      name: 'nest-stays-at-the-rim',
      comment: 'Stories and stages import nothing from Nest, so they run and are tested without a container.',
      severity: 'error',
      from: {
        path: '^apps/(fetcher|importer|scheduler)/src/',
        pathNot: [
          spec,
          '\\.(module|consumer|controller|sweeper)\\.ts$',
          '/(start|scheduler-loops|[a-z-]*loop)\\.ts$',
        ],
      },
      to: { path: 'node_modules/@nestjs/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
