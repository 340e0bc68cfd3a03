// Who may import whom. Each rule says why it exists; there are no warnings, only errors.
const ours = '^(app|components|model|server|e2e)/'
const only = (name, from, allowed, comment, extra = {}) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from, ...extra.from },
  to: { path: ours, pathNot: allowed, ...extra.to },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two files are one thing, or that one of them knows too much.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan-packages',
      severity: 'error',
      comment: 'A package that is not in package.json works by accident of somebody else’s dependency tree.',
      from: { path: ours },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    only('model-is-pure', '^model/', '^model/', 'model/ runs in the browser, the server and the tests alike.'),
    {
      name: 'model-knows-no-node',
      severity: 'error',
      comment: 'model/ must load in a browser.',
      from: { path: '^model/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    only(
      'components-see-model',
      '^components/',
      '^(components|model)/',
      'What people see knows no server code; types of the API only.',
      {
        to: { dependencyTypesNot: ['type-only'] },
      },
    ),
    only(
      'components-see-api-types',
      '^components/',
      '^(components/|model/|server/api/)',
      'The API’s types are the only server types a view may name.',
    ),
    only(
      'app-is-thin',
      '^app/',
      '^(app|components|model|server/api|server/auth)/',
      'A route awaits, prefetches and renders; meaning lives in server/domain.',
    ),
    only(
      'api-is-transport',
      '^server/api/',
      '^(server/api|server/domain|server/auth|model)/|^server/(context|clock|env|log|process)\\.ts$|^server/(db|fleet)/testing\\.ts$',
      'Routers name, permit, parse and call a verb. They know neither Prisma nor an engine.',
    ),
    only(
      'domain-decides',
      '^server/domain/',
      '^(server/domain|server/db|server/workflows|server/outbound|model)/|^server/engines/(contract|registry)\\.ts$|^server/(context|clock|log)\\.ts$|^server/fleet/testing|^server/engines/.*testing',
      'Domain code knows engines by their contract alone.',
    ),
    {
      name: 'nouns-through-their-index',
      severity: 'error',
      comment:
        'One noun uses another through its index.ts, so that the inside can change; tests through its testing.ts.',
      from: { path: '^server/domain/([^/]+)/' },
      to: { path: '^server/domain/([^/]+)/', pathNot: '^server/domain/$1/|/(index|testing)\\.ts$' },
    },
    only(
      'engines-know-one-engine',
      '^server/engines/([^/]+)/',
      '^server/engines/(contract|contract-suite)\\.ts$|^server/engines/$1/|^server/gate/|^model/|^server/fleet/testing|^server/(clock|log)\\.ts$',
      'An adapter knows its engine and the contract; never the catalog, the domain or another engine.',
    ),
    only(
      'fencing-knows-the-contract',
      '^server/fencing/',
      '^(server/fencing|server/outbound|model)/|^server/engines/contract\\.ts$',
      'A fencing agent switches what it is told to; who may, and when, is decided elsewhere.',
    ),
    only(
      'notify-travels',
      '^server/notify/',
      '^(server/notify|server/outbound|model)/',
      'A message is carried to where it is told to go; whom to tell what, and when, is decided elsewhere.',
    ),
    only(
      'workflows-know-no-noun',
      '^server/workflows/',
      '^(server/workflows|server/db|model)/|^server/(clock|log)\\.ts$|^server/fleet/testing',
      'The runtime drives steps of any noun.',
    ),
    only(
      'collectors-look',
      '^server/collectors/',
      '^(server/collectors|server/domain/telemetry|server/db|model)/|^server/domain/estate/index\\.ts$|^server/engines/(contract|registry)\\.ts$|^server/(context|clock|log)\\.ts$|^server/fleet/testing|^server/engines/.*testing',
      'A collector looks and records; judging is a pure function elsewhere.',
    ),
    only(
      'jobs-know-no-noun',
      '^server/jobs/',
      '^server/jobs/|^server/log\\.ts$|^server/db/testing',
      'The job runner is handed its jobs; it knows none.',
    ),
    only(
      'fleet-knows-model',
      '^server/fleet/',
      '^(server/fleet|model)/|^server/(kept-file|log)\\.ts$',
      'The embedded servers stand in for machines: they know nothing of the console.',
    ),
    only(
      'gate-knows-model',
      '^server/gate/',
      '^(server/gate|model)/|^server/fleet/testing',
      'The gate must be installable into any customer’s database.',
    ),
    only(
      'router-client-knows-model',
      '^server/router-client/',
      '^(server/router-client|model)/',
      'Applications embed the router client.',
    ),
    only(
      'sample-app-is-a-customer',
      '^server/sample-app/',
      '^(server/sample-app|server/router-client|model)/|^server/gate/index\\.ts$|^server/log\\.ts$|^server/fleet/testing',
      'The sample application uses only what a customer could.',
    ),
    only(
      'auth-knows-db',
      '^server/auth/',
      '^(server/auth|server/db|server/domain/audit|model)/|^server/(context|clock|env|kept-file|log)\\.ts$',
      'Sessions and people; no engines, no operations.',
    ),
    only(
      'db-knows-model',
      '^server/db/',
      '^(server/db|model)/|^server/(clock|env|log)\\.ts$|^server/fleet/testing',
      'The catalog client is below everything that uses it.',
    ),
    {
      name: 'one-prisma-constructor',
      severity: 'error',
      comment: 'Only server/db makes clients, so that pools, retries and strictness are decided once.',
      from: { path: ours, pathNot: '^server/db/' },
      to: { path: '^server/db/generated/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-bin-or-e2e',
      severity: 'error',
      comment: 'Entry points wire; they are not libraries.',
      from: { path: ours, pathNot: '^(server/bin|e2e)/' },
      to: { path: '^(server/bin|e2e)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|server/db/generated' },
    exclude: { path: '^(\\.next|node_modules/\\.)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
}
