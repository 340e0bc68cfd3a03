import { invariant } from '@/model/invariant'
import { paths } from '@/model/paths'
import type { RequestState } from '@/model/states'
import type { Tx } from '@/server/db'
import { type Act, sayDecided, sayReminder, sayWaiting } from './news-texts'
import { notify } from './notify'

type RequestNews = Act & {
  id: string
  code: string
  status: RequestState
  planHash: string
  quorum: number
  approvedCount: number
  approveBy: Date
  breakGlass: boolean
  tenantCount: number | null
  successor: string | null
  now: Date
}

/** In the transaction that asks. Break-glass has news of its own: nobody is asked to decide. */
export async function tellRequestMade(tx: Tx, requestId: string): Promise<void> {
  const request = await readRequest(tx, requestId)
  if (request.breakGlass) return
  const text = sayWaiting({ act: request, expiresAt: request.approveBy, ...request })
  await tell(tx, 'request.waiting', request, text)
}

/** In the transaction that ends the request, however it ends: the follow-up to what was asked before. */
export async function tellRequestDecided(tx: Tx, requestId: string): Promise<void> {
  const request = await readRequest(tx, requestId)
  const { status, breakGlass } = request
  if (breakGlass || status === 'waiting') return
  await tell(tx, 'request.decided', request, sayDecided({ act: request, ...request, status }))
}

/** Once for each share of the window, whoever finds it due. */
export async function tellRequestReminder(tx: Tx, requestId: string, sharePercent: number): Promise<void> {
  const request = await readRequest(tx, requestId)
  if (request.breakGlass || request.status !== 'waiting' || request.approveBy <= request.now) return
  const text = sayReminder({ act: request, expiresAt: request.approveBy, ...request })
  await tell(tx, 'request.waiting', request, text, `reminder:${requestId}:${sharePercent}`)
}

async function tell(
  tx: Tx,
  topic: 'request.waiting' | 'request.decided',
  request: RequestNews,
  text: string,
  onceKey?: string,
): Promise<void> {
  await notify(tx, {
    topic,
    objectId: request.id,
    text,
    path: paths.shortLink({ code: request.code }),
    body: {
      code: request.code,
      kind: request.kind,
      cell: request.cell,
      state: request.status,
      planHash: request.planHash,
      expiresAt: request.status === 'waiting' ? request.approveBy.toISOString() : null,
      correlationId: request.id,
      quorum: request.quorum,
      approvedCount: request.approvedCount,
      tenantCount: request.tenantCount,
    },
    ...(onceKey && { onceKey }),
  })
}

async function readRequest(tx: Tx, requestId: string): Promise<RequestNews> {
  const [row] = await tx.$queryRaw<RequestNews[]>`
    SELECT r.id, r.code, r.kind, r.status, r.plan_hash AS "planHash", r.quorum, r.approve_by AS "approveBy",
      r.break_glass AS "breakGlass", p.body->>'cell' AS cell, p.body->'source'->>'region' AS "fromRegion",
      p.body->'target'->>'region' AS "toRegion", (p.body->'blastRadius'->>'tenantCount')::int AS "tenantCount",
      (SELECT count(*)::int FROM approval a WHERE a.request_id = r.id AND a.decision = 'approve') AS "approvedCount",
      (SELECT s.code FROM operation_request s WHERE s.supersedes = r.id ORDER BY s.created_at LIMIT 1) AS successor,
      clock_timestamp() AS now
    FROM operation_request r JOIN operation_plan p ON p.id = r.plan_id WHERE r.id = ${requestId}::uuid`
  invariant(row, `Request ${requestId} exists in the transaction that tells of it.`)
  return row
}
