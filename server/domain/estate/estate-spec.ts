import { z } from 'zod'
import { findRegion } from '@/model/regions'
import { CellId, MemberId, RegionCode, Uuid } from '@/model/schemas/common'
import { FencingSpec } from './fencing-spec'
import { isSecretRef } from './resolve-secret'

/**
 * The declared estate: what homeport.yaml says and what the embedded default builds. Strict: an unknown key is an error,
 * because a misspelt one would otherwise be a rule that silently does not hold. Secrets are references, never values.
 */
const KnownRegion = RegionCode.refine((code) => findRegion(code) !== null, {
  error: ({ input }) => `${String(input)} is not a region that Homeport knows.`,
})
const SecretRef = z
  .string()
  .refine(isSecretRef, 'Name a secret as env:NAME or file:PATH#KEY; the secret itself does not belong here.')
const Host = z.string().regex(/^[a-z0-9]([a-z0-9.:-]{0,252}[a-z0-9])?$/i, 'Use a host name or an address.')
const Port = z.int().min(1).max(65_535)
const UserName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'Use a lower-case role name.')
const PolicyCode = z.string().regex(/^[A-Z][A-Z0-9-]{1,40}$/, 'Use a policy code such as ID-ONLY.')
const CalendarDay = z.iso.date()

const MemberSpec = z.strictObject({
  id: MemberId,
  region: KnownRegion,
  host: Host,
  port: Port,
  /** What it can carry as the writer, in accepted writes a second. Null: nobody has said, and a failover says so. */
  writesPerSecondMax: z.int().min(1).nullable().default(null),
  /** How other regions reach it, where that is not by its own address. */
  paths: z
    .array(z.strictObject({ vantage: KnownRegion, host: Host, port: Port }))
    .max(100)
    .default([]),
})

const CellSpec = z.strictObject({
  id: CellId,
  name: z.string().min(1).max(100),
  engine: z.enum(['postgres']),
  database: z.string().min(1).max(63),
  admin: z.strictObject({ user: UserName, secret: SecretRef }),
  app: z.strictObject({ user: UserName, secret: SecretRef }),
  rpoObjectiveMs: z.int().min(0).default(5_000),
  rtoObjectiveMs: z.int().min(0).default(60_000),
  /** A planned switchover is refused while the target's heartbeat is older than this. */
  lagMsMax: z.int().min(1).default(10_000),
  /** Null: nobody can take its machines out of service from outside. */
  fencing: FencingSpec.nullable().default(null),
  /**
   * The writer may write only for so long after the console has last reached it, so that it stops by itself when nobody does.
   * At least ten round trips to the writer. Null: it writes until it is told to stop; a change takes effect with the next epoch.
   */
  writeLeaseMs: z.int().min(1_000).max(60_000).nullable().default(null),
  /** The member that writes when the estate is first applied. It decides nothing afterwards: operations move the writer. */
  firstPrimary: MemberId,
  members: z.array(MemberSpec).min(1).max(20),
})

const PolicySpec = z.strictObject({
  code: PolicyCode,
  allowedRegions: z.array(KnownRegion).min(1),
  backupRegions: z.array(KnownRegion),
  analyticsAllowed: z.boolean(),
  crossBorderExportAllowed: z.boolean(),
  description: z.string().min(1).max(500),
  /** Kinds of data that it governs, in the words of whoever answers for them. */
  dataClasses: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, 'Use a class such as case-data.'))
    .max(20)
    .default([]),
  effectiveFrom: CalendarDay,
  effectiveTo: CalendarDay.nullable().default(null),
})

const TenantSpec = z.strictObject({ id: Uuid, name: z.string().min(1).max(100), cell: CellId, policy: PolicyCode })

const Declared = z.strictObject({
  version: z.literal(1),
  cells: z.array(CellSpec).min(1).max(1_000),
  policies: z.array(PolicySpec).max(1_000),
  tenants: z.array(TenantSpec).max(100_000).default([]),
})
type Declared = z.output<typeof Declared>

export const EstateSpec = Declared.superRefine((estate, issues) => {
  for (const { path, says } of findContradictions(estate)) issues.addIssue({ code: 'custom', path, message: says })
})
export type EstateSpec = z.infer<typeof EstateSpec>
/** As written by hand or by a program: what has a default may be left out. */
export type EstateSpecInput = z.input<typeof EstateSpec>

type Contradiction = { path: (string | number)[]; says: string }

/** What no single field can know: names used twice, and references to what is not there. */
function* findContradictions(estate: Declared): Generator<Contradiction> {
  const memberIds = estate.cells.flatMap((cell) => cell.members.map((member) => member.id))
  yield* findRepeats(
    estate.cells.map((cell) => cell.id),
    'cells',
    'cell',
  )
  yield* findRepeats(memberIds, 'cells', 'member')
  yield* findRepeats(
    estate.policies.map((policy) => policy.code),
    'policies',
    'policy',
  )
  yield* findRepeats(
    estate.tenants.map((tenant) => tenant.id),
    'tenants',
    'tenant id',
  )
  yield* findRepeats(
    estate.tenants.map((tenant) => tenant.name),
    'tenants',
    'tenant name',
  )
  for (const [index, cell] of estate.cells.entries()) {
    if (!cell.members.some((member) => member.id === cell.firstPrimary))
      yield { path: ['cells', index, 'firstPrimary'], says: `${cell.firstPrimary} is not a member of cell ${cell.id}.` }
  }
  const cellIds = new Set(estate.cells.map((cell) => cell.id))
  const policies = new Map(estate.policies.map((policy) => [policy.code, policy]))
  for (const [index, tenant] of estate.tenants.entries()) {
    if (!cellIds.has(tenant.cell))
      yield {
        path: ['tenants', index, 'cell'],
        says: `${tenant.name} lives in cell ${tenant.cell}, which is not declared.`,
      }
    if (!policies.has(tenant.policy))
      yield {
        path: ['tenants', index, 'policy'],
        says: `${tenant.name} has policy ${tenant.policy}, which is not declared.`,
      }
    const home = firstRegionOf(estate, tenant.cell)
    const allowed = policies.get(tenant.policy)?.allowedRegions
    if (home && allowed && !allowed.includes(home))
      yield {
        path: ['tenants', index, 'cell'],
        says: `${tenant.policy} does not allow ${tenant.name} to live in ${home}.`,
      }
  }
}

export function firstRegionOf(estate: Pick<EstateSpec, 'cells'>, cellId: string): string | null {
  const cell = estate.cells.find(({ id }) => id === cellId)
  return cell?.members.find((member) => member.id === cell.firstPrimary)?.region ?? null
}

function* findRepeats(names: readonly string[], path: string, noun: string): Generator<Contradiction> {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) yield { path: [path], says: `The ${noun} ${name} is declared twice.` }
    seen.add(name)
  }
}
