import { createHash } from 'node:crypto'
import type { EstateSpec } from './estate-spec'

type DemoCell = {
  cell: string
  count: number
  policies: readonly { code: string; share: number }[]
  places: readonly string[]
}

/**
 * About 200 tenants, more in some cells than in others. Each policy allows its cell's region; the planned switchovers of
 * sin, fra, iad and syd stay inside every policy of their tenants, while a quarter of jkt's may only live in Indonesia, so
 * that moving jkt to Singapore is refused for a reason.
 */
const demoCells: readonly DemoCell[] = [
  {
    cell: 'jkt',
    count: 36,
    places: ['Nusantara', 'Merapi', 'Sunda', 'Bahari'],
    policies: [
      { code: 'ID-ONLY', share: 0.25 },
      { code: 'ASEAN', share: 0.75 },
    ],
  },
  {
    cell: 'sin',
    count: 62,
    places: ['Merlion', 'Straits', 'Changi', 'Temasek'],
    policies: [
      { code: 'APAC', share: 0.7 },
      { code: 'GLOBAL', share: 0.3 },
    ],
  },
  {
    cell: 'fra',
    count: 48,
    places: ['Rhein', 'Taunus', 'Hansa', 'Main'],
    policies: [
      { code: 'EU-ONLY', share: 0.8 },
      { code: 'GLOBAL', share: 0.2 },
    ],
  },
  {
    cell: 'iad',
    count: 34,
    places: ['Potomac', 'Blue Ridge', 'Chesapeake', 'Shenandoah'],
    policies: [
      { code: 'US-ONLY', share: 0.6 },
      { code: 'GLOBAL', share: 0.4 },
    ],
  },
  {
    cell: 'syd',
    count: 20,
    places: ['Wattle', 'Banksia', 'Coral', 'Harbour'],
    policies: [
      { code: 'APAC', share: 0.8 },
      { code: 'GLOBAL', share: 0.2 },
    ],
  },
]

const trades = [
  'Insurance',
  'Logistics',
  'Health',
  'Energy',
  'Foods',
  'Shipping',
  'Textiles',
  'Capital',
  'Telecom',
  'Mining',
  'Aviation',
  'Pharma',
  'Retail',
  'Water',
  'Steel',
  'Media',
] as const

const EVERYWHERE = [
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'eu-central-1',
  'eu-west-1',
  'us-east-1',
  'us-west-2',
]

const demoPolicies: EstateSpec['policies'] = [
  policy(
    'ID-ONLY',
    ['ap-southeast-3'],
    ['ap-southeast-3', 'ap-southeast-1'],
    'Indonesia only: the writer stays in Jakarta; an encrypted protective copy may lie in Singapore.',
    { analyticsAllowed: false, crossBorderExportAllowed: false },
  ),
  policy(
    'ASEAN',
    ['ap-southeast-3', 'ap-southeast-1'],
    ['ap-southeast-3', 'ap-southeast-1'],
    'Indonesia and Singapore.',
    { analyticsAllowed: true, crossBorderExportAllowed: false },
  ),
  policy(
    'APAC',
    ['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3'],
    ['ap-southeast-1', 'ap-southeast-2'],
    'Singapore, Australia and Indonesia.',
    { analyticsAllowed: true, crossBorderExportAllowed: false },
  ),
  policy(
    'EU-ONLY',
    ['eu-central-1', 'eu-west-1'],
    ['eu-central-1', 'eu-west-1'],
    'European Economic Area only: Frankfurt and Dublin.',
    { analyticsAllowed: true, crossBorderExportAllowed: false },
  ),
  policy(
    'US-ONLY',
    ['us-east-1', 'us-west-2'],
    ['us-east-1', 'us-west-2'],
    'United States only: N. Virginia and Oregon.',
    { analyticsAllowed: true, crossBorderExportAllowed: false },
  ),
  policy('GLOBAL', EVERYWHERE, EVERYWHERE, 'Any region of the estate.', {
    analyticsAllowed: true,
    crossBorderExportAllowed: true,
  }),
]

/** The same tenants every time, for the demo cells that the estate has. Ids are derived from names. */
export function seedDemoTenants(spec: { cells: readonly { id: string }[] }): Pick<EstateSpec, 'policies' | 'tenants'> {
  const present = new Set(spec.cells.map((cell) => cell.id))
  const tenants = demoCells.filter(({ cell }) => present.has(cell)).flatMap(tenantsOf)
  const used = new Set(tenants.map((tenant) => tenant.policy))
  return { policies: demoPolicies.filter(({ code }) => used.has(code)), tenants }
}

function tenantsOf({ cell, count, places, policies }: DemoCell): EstateSpec['tenants'] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${places[index % places.length]} ${trades[Math.floor(index / places.length) % trades.length]}`
    return { id: uuidOf(`${cell}/${name}`), name, cell, policy: pick(policies, (index + 0.5) / count) }
  })
}

/** The policy under which the share `at` (0 to 1) of the tenants falls, in the order of the list. */
function pick(policies: DemoCell['policies'], at: number): string {
  let upTo = 0
  for (const { code, share } of policies) {
    upTo += share
    if (at < upTo) return code
  }
  return policies.at(-1)?.code ?? 'GLOBAL'
}

/** A version 8 UUID (RFC 9562, custom) of the name: the same on every machine. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`homeport-demo/${name}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function policy(
  code: string,
  allowedRegions: string[],
  backupRegions: string[],
  description: string,
  rules: { analyticsAllowed: boolean; crossBorderExportAllowed: boolean },
): EstateSpec['policies'][number] {
  const always = { dataClasses: ['case-data', 'evidence'], effectiveFrom: '2026-01-01', effectiveTo: null }
  return { code, allowedRegions, backupRegions, ...rules, description, ...always }
}
