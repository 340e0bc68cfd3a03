import type { Db, Prisma } from '@/server/db'
import { defineWorkflow, StepRefused, type StepRun } from '../define'
import type { OperationRecord } from '../operation-record'
import type { Ledger } from './ledger'

/** `goesBack`: the deciding step refuses, so that the operation is undone. */
export type LedgerParams = { scope: string; goesBack: boolean }
export type LedgerDeps = { ledger: Ledger }
type Run = StepRun<LedgerParams, LedgerDeps>

const limits = { timeoutMs: 10_000, attemptsMax: 3 }

/** One step of each kind that the runtime distinguishes, with effects in another database than the journal's. */
export const ledgerWorkflow = defineWorkflow<LedgerParams, LedgerDeps>({
  kind: 'ledger',
  version: 1,
  steps: [
    { name: 'look', title: 'Look around', ...limits, do: look, recheckOnResume: true },
    { name: 'reserve', title: 'Reserve in two parts', ...limits, do: reserve, undo: unreserve },
    { name: 'append', title: 'Append once', ...limits, do: append, readBack: findAppended, undo: takeBackAppended },
    { name: 'decide', title: 'Decide', ...limits, do: agree, commit: decide, pointOfNoReturn: true },
    { name: 'publish', title: 'Publish once', ...limits, do: publish, readBack: findPublished },
    { name: 'summarise', title: 'Summarise', ...limits, do: summarise },
  ],
})

async function look(run: Run) {
  await run.halfway()
  return { says: 'Looked around.' }
}

async function reserve(run: Run) {
  await run.deps.ledger.apply(effect(run, 'first-half', true))
  await run.halfway()
  await run.deps.ledger.apply(effect(run, 'second-half', true))
  return { says: 'Reserved both parts.', output: { parts: 2 } }
}

async function unreserve(run: Run) {
  await run.deps.ledger.takeBack(effect(run, 'second-half', true))
  await run.halfway()
  await run.deps.ledger.takeBack(effect(run, 'first-half', true))
  return { says: 'Gave both parts back.' }
}

async function append(run: Run) {
  await run.halfway()
  await run.deps.ledger.apply(effect(run, 'appended', false))
  return { says: 'Appended a line.' }
}

async function findAppended(run: Run) {
  const stands = await run.deps.ledger.stands(effect(run, 'appended', false))
  return stands ? { found: 'done' as const, says: 'Found the line.' } : { found: 'not-done' as const }
}

async function takeBackAppended(run: Run) {
  await run.halfway()
  await run.deps.ledger.takeBack(effect(run, 'appended', false))
  return { says: 'Struck the line out.' }
}

async function agree(run: Run) {
  await run.halfway()
  if (run.params.goesBack) throw new StepRefused('This operation is meant to go back.')
  return { says: `Agreed on ${run.outputOf<{ parts: number }>('reserve').parts} parts.` }
}

async function decide(tx: Prisma.TransactionClient, { params, operationId }: Run) {
  const moved = await tx.$executeRaw`
    UPDATE region_write_epoch SET epoch = epoch + 1, operation_id = ${operationId}::uuid
    WHERE logical_scope = ${params.scope} AND epoch = 1`
  if (moved !== 1) throw new StepRefused('The epoch has moved.')
}

async function publish(run: Run) {
  await run.halfway()
  await run.deps.ledger.apply(effect(run, 'published', false))
  return { says: 'Published.' }
}

async function findPublished(run: Run) {
  const stands = await run.deps.ledger.stands(effect(run, 'published', false))
  return stands ? { found: 'done' as const, says: 'Found it published.' } : { found: 'not-done' as const }
}

async function summarise(run: Run) {
  await run.halfway()
  const tookMs = run.timeOf('publish', 'finished').getTime() - run.timeOf('look', 'started').getTime()
  return { says: 'Summarised.', output: { tookMs } }
}

function effect({ operationId, leaseEpoch }: Run, part: string, isRepeatable: boolean) {
  return { operationId, leaseEpoch, part, isRepeatable }
}

const everyPart = ['first-half', 'second-half', 'appended', 'published']

/** What must hold for an operation that is final: all of it once, or nothing of it, and nothing twice on the way. */
export async function ledgerViolations(db: Db, ledger: Ledger, operation: OperationRecord): Promise<string[]> {
  const violations: string[] = []
  const counts = await ledger.counts(operation.id)
  const expected = operation.status === 'done' ? 1 : 0
  for (const part of everyPart) {
    const { done, undone } = counts.find((count) => count.part === part) ?? { done: 0, undone: 0 }
    if (done > 1 || undone > 1) violations.push(`${part} was done ${done} times and undone ${undone} times.`)
    if (done - undone !== expected) violations.push(`${part} stands ${done - undone} times, not ${expected}.`)
  }
  const { epoch } = await db.regionWriteEpoch.findUniqueOrThrow({ where: { logicalScope: operation.scope } })
  if (epoch !== BigInt(1 + expected)) violations.push(`The write epoch is ${epoch} after ${operation.status}.`)
  return violations
}
