import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { canonicalJson } from '@/model/canonical-json'
import { type Actor, type Db, transact } from '@/server/db'
import type { Workflow } from '../define'
import { enqueueOperation } from '../enqueue-operation'
import { type LedgerDeps, type LedgerParams, ledgerWorkflow } from './ledger-workflow'

export const testRegion = 'eu-west-1'
const PLAN_LIFE_MS = 3_600_000

/** A person who exists for the audit trail only. */
export const testPerson: Actor & { kind: 'person' } = {
  kind: 'person',
  personId: '00000000-0000-4000-8000-000000000001',
  name: 'Tester',
  sessionId: 'test',
}

type LedgerOrder = { goesBack?: boolean; scope?: string; workflow?: Workflow<LedgerParams, LedgerDeps> }

/** A fresh operation, queued; on a scope of its own unless one is named. */
export async function enqueueLedger(db: Db, order: LedgerOrder = {}): Promise<string> {
  const { goesBack = false, scope = `cell:${uuidv7()}`, workflow = ledgerWorkflow } = order
  const body = { scope, goesBack, nonce: uuidv7() }
  const hash = createHash('sha256').update(canonicalJson(body)).digest('hex')
  return transact(db, async (tx) => {
    await tx.regionWriteEpoch.createMany({
      data: [{ logicalScope: scope, activeRegion: testRegion, activeMember: 'test-1', epoch: 1n, status: 'WRITABLE' }],
      skipDuplicates: true,
    })
    const plan = await tx.operationPlan.create({
      data: {
        kind: 'ledger',
        scope,
        hash,
        body,
        createdBy: testPerson.personId,
        expiresAt: new Date(Date.now() + PLAN_LIFE_MS),
      },
    })
    const planned = { planId: plan.id, scope, requestId: null, startedBy: testPerson.personId }
    const { operationId } = await enqueueOperation(tx, workflow, {
      ...planned,
      actor: testPerson,
      homeRegion: testRegion,
    })
    return operationId
  })
}
