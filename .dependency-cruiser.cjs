const adapter = '^src/adapters/([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-pure',
      comment: 'The domain imports nothing outside itself: no package, no node:, no clock, no random.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'application-domain-and-zod-only',
      comment: 'The application knows ports, not drivers.',
      severity: 'error',
      from: { path: '^src/application/' },
      to: { pathNot: ['^src/(domain|application)/', '^node_modules/zod/'] },
    },
    {
      name: 'no-sibling-adapters',
      comment: 'Adapters meet in a composition root (cli, inversify) only; the fake is a face of the simulator.',
      severity: 'error',
      from: { path: adapter, pathNot: '^src/adapters/(cli|inversify|fake)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'fake-imports-simulator-only',
      severity: 'error',
      from: { path: '^src/adapters/fake/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/(fake|simulator)/' },
    },
    {
      name: 'adapters-below-entries',
      comment: 'Adapters import domain, application and drivers; never the entries that export them.',
      severity: 'error',
      from: { path: adapter, pathNot: '^src/adapters/(cli|inversify)/' },
      to: { path: '^src/', pathNot: '^src/(domain|application|adapters)/' },
    },
    {
      name: 'src-stands-alone',
      comment: 'What is published does not need what is not.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|examples|sim|chaos)/' },
    },
    {
      name: 'testing-ships-fakes-only',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: { path: '^src/', pathNot: '^src/(testing|application|domain|adapters/(memory|fake|simulator))/' },
    },
    {
      name: 'main-entry-is-light',
      comment: 'Who imports the main entry loads no driver, no peer and no test double.',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: {
        path: [
          '^src/adapters/(simulator|fake|cli|localPostgres|logging|opentelemetry)/',
          '^node_modules/(undici|pg|inversify|@opentelemetry)/',
        ],
        reachable: true,
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'A module that is not found would escape every rule above.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '^node_modules/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
