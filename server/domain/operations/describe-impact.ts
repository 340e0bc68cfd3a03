import type { BlastRadius, OperationPlan } from '@/model/schemas/plans'
import { allows } from './safety-rules'
import type { CellWorld, MemberWorld } from './world/cell-world'

/** Whom an operation on the cell touches, and what its target would have to carry. Pure. */
export function describeBlastRadius(world: CellWorld, target: MemberWorld): BlastRadius {
  return {
    tenantCount: world.tenantCount,
    writesPerSecond: world.writesPerSecond,
    policies: world.policies.map((policy) => policy.code),
    dataClasses: [...new Set(world.policies.flatMap((policy) => policy.dataClasses))].sort(),
    capacity: { writesPerSecondMax: target.writesMax, headroomPercent: headroomOf(target, world.writesPerSecond) },
    openMigrationCount: world.migrations.length,
    topTenants: [...world.topTenants],
    tenantsDigest: world.tenantsDigest,
  }
}

/** Part of the target's capacity that its new load would leave free, in percent; negative when it cannot carry it. */
export function headroomOf(target: MemberWorld, writesPerSecond: number | null): number | null {
  if (target.writesMax === null || writesPerSecond === null) return null
  return Math.round((1 - writesPerSecond / target.writesMax) * 1_000) / 10
}

/** Whether every tenant of the cell may be served from there, as far as the policies say so; a tenant without one may not. */
export function allowsAll(world: Pick<CellWorld, 'policies' | 'tenantCount'>, region: string): boolean {
  const covered = world.policies.reduce((sum, policy) => sum + policy.tenantCount, 0)
  return covered === world.tenantCount && world.policies.every((policy) => allows(policy, region))
}

/** The law's verdict on serving every tenant of the cell from the target's region. Pure. */
export function describeResidency(world: CellWorld, target: MemberWorld): OperationPlan['residency'] {
  const covered = world.policies.reduce((sum, policy) => sum + policy.tenantCount, 0)
  const violated = world.policies.filter((policy) => !allows(policy, target.region))
  const verdict = covered !== world.tenantCount ? 'unknown' : violated.length === 0 ? 'allowed' : 'violated'
  return {
    verdict,
    checkedCount: covered,
    violations: violated.map((policy) => ({ policy: policy.code, tenantCount: policy.tenantCount })),
    policyVersions: Object.fromEntries(world.policies.map((policy) => [policy.code, policy.version])),
  }
}
