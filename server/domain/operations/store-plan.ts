import type { OperationPlan } from '@/model/schemas/plans'
import { type Actor, appendAudit, type Prisma, type Tx } from '@/server/db'
import { hashPlan } from './hash-plan'
import { PLAN_LIFE_MS } from './limits'

export type StoredPlan = { id: string; hash: string; createdAt: Date; expiresAt: Date }

type By = { actor: Actor; homeRegion: string }

/**
 * What a dry run answers of its plan: kept, with its hash and its time, or null where there is none. Then the answer is of
 * `nowMs` (the catalog's clock) and counts for as long.
 */
export async function offerPlan<Plan extends OperationPlan>(
  tx: Tx,
  { plan, nowMs, by }: { plan: Plan | null; nowMs: number; by: By },
): Promise<{ plan: Plan | null; planHash: string | null; previewedAt: string; validUntil: string }> {
  const stored = plan && (await storePlan(tx, plan, by))
  const previewedAt = stored?.createdAt ?? new Date(nowMs)
  const validUntil = stored?.expiresAt ?? new Date(nowMs + PLAN_LIFE_MS)
  return {
    plan,
    planHash: stored?.hash ?? null,
    previewedAt: previewedAt.toISOString(),
    validUntil: validUntil.toISOString(),
  }
}

/**
 * Keeps a plan as it was shown, immutable, for five minutes. The same facts shown twice to one person are one plan: its
 * hash says so, and a repeated dry run writes nothing.
 */
export async function storePlan(tx: Tx, plan: OperationPlan, by: By): Promise<StoredPlan> {
  const hash = hashPlan(plan)
  // Two dry runs at once: the unique hash lets one insert through, and the other reads its row.
  const [made] = await tx.$queryRaw<StoredPlan[]>`
    INSERT INTO operation_plan (id, kind, scope, hash, body, created_by, created_at, expires_at)
    VALUES (gen_random_uuid(), ${plan.kind}, ${plan.scope}, ${hash}, ${JSON.stringify(plan)}::jsonb, ${plan.madeBy}::uuid,
            clock_timestamp(), clock_timestamp() + ${PLAN_LIFE_MS} * interval '1 millisecond')
    ON CONFLICT (hash) DO NOTHING
    RETURNING id, hash, created_at AS "createdAt", expires_at AS "expiresAt"`
  if (!made) return tx.operationPlan.findUniqueOrThrow({ where: { hash }, select: PLAN_FIELDS })
  await appendAudit(tx, {
    actor: by.actor,
    action: 'plan.made',
    aggregateType: 'operation_plan',
    aggregateId: made.id,
    homeRegion: by.homeRegion,
    scope: plan.scope,
    epoch: BigInt(plan.epoch.from),
    correlationId: made.id,
    occurredAt: made.createdAt,
    detail: { planHash: hash, kind: plan.kind, source: plan.source.member, target: plan.target.member },
  })
  return made
}

const PLAN_FIELDS = {
  id: true,
  hash: true,
  createdAt: true,
  expiresAt: true,
} as const satisfies Prisma.OperationPlanSelect
