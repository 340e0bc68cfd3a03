import { paths } from '@/model/paths'
import { type Db, transact } from '@/server/db'
import { NEWS_AGE_MS_MAX, NEWS_PER_LOOK_MAX } from './limits'
import { type Act, type Rest, sayRest } from './news-texts'
import { notify } from './notify'

type Rested = Act & {
  id: string
  code: string
  status: Rest
  leaseEpoch: bigint
  planHash: string
  requestId: string | null
  tenantCount: number | null
}

/**
 * Tells of operations that came to rest. The journal knows no noun and must not fail because news could not be written, so this
 * looks at what it committed: nothing is lost, and the key (operation, state, lease epoch) tells each rest once, whichever
 * worker looks. `told` spares a worker what it has told already. Answers how many were news.
 */
export async function tellRestedOperations(db: Db, told: Set<string>): Promise<number> {
  const rested = await listRested(db)
  const keys = new Map(rested.map((operation) => [keyOf(operation), operation]))
  for (const key of told) if (!keys.has(key)) told.delete(key)
  let newsCount = 0
  for (const [key, operation] of keys) {
    if (told.has(key)) continue
    const isNews = await transact(db, (tx) => notify(tx, newsOf(operation, key)))
    told.add(key)
    if (isNews) newsCount += 1
  }
  return newsCount
}

/** An operation that stops for a person a second time was taken by a worker in between, which raised the lease epoch. */
function keyOf({ id, status, leaseEpoch }: Rested): string {
  return `operation:${id}:${status}:${leaseEpoch}`
}

function newsOf(operation: Rested, onceKey: string) {
  return {
    topic: operation.status === 'needs-human' ? ('operation.needs-human' as const) : ('operation.finished' as const),
    objectId: operation.requestId ?? operation.id, // the thread of what was asked
    text: sayRest({ act: operation, code: operation.code, status: operation.status }),
    path: paths.shortLink({ code: operation.code }),
    body: {
      code: operation.code,
      kind: operation.kind,
      cell: operation.cell,
      state: operation.status,
      planHash: operation.planHash,
      expiresAt: null,
      correlationId: operation.requestId ?? operation.id,
      operationId: operation.id,
      tenantCount: operation.tenantCount,
    },
    onceKey,
  }
}

async function listRested(db: Db): Promise<Rested[]> {
  return db.$queryRaw<Rested[]>`
    SELECT o.id, o.code, o.kind, o.status, o.lease_epoch AS "leaseEpoch", o.request_id AS "requestId", p.hash AS "planHash",
      p.body->>'cell' AS cell, p.body->'source'->>'region' AS "fromRegion", p.body->'target'->>'region' AS "toRegion",
      (p.body->'blastRadius'->>'tenantCount')::int AS "tenantCount"
    FROM operation o JOIN operation_plan p ON p.id = o.plan_id
    WHERE o.status = 'needs-human'
      OR (o.status IN ('done', 'undone') AND o.finished_at > clock_timestamp() - ${NEWS_AGE_MS_MAX} * interval '1 millisecond')
    ORDER BY o.finished_at DESC NULLS FIRST LIMIT ${NEWS_PER_LOOK_MAX}`
}
