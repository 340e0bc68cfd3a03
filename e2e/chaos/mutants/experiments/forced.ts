import { workflows } from '@/server/domain/operations'
import { ForcedCell } from '@/server/domain/operations/forced/testing-forced'
import type { SwitchoverDeps } from '@/server/domain/operations/switchover-deps'
import { type FencingAgent, OutcomeUnknown } from '@/server/engines/contract'
import { startOperationWorker } from '@/server/workflows'
import type { FaultPlan } from '@/server/workflows/faults'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import { journalViolations } from '../../forced/judge'
import type { Planting } from '../plant-sql'

const UNDO_EVERY_MS = { min: 200, max: 400 }

/** A primary that is cut off and goes on writing: failed over, failed over by an agent that says nothing, and overtaken. */
export async function forcedExperiment(planting: Planting): Promise<string[]> {
  const cell = await ForcedCell.start()
  try {
    await planting.catalog(cell.base.catalog.url)
    await planting.gate(cell.base.cell.fleet.primary.adminDsn)
    const violations: string[] = []
    for (const play of [overtaken, silentAgent, powerOff]) {
      await cell.heal()
      const found = await play(cell).catch((error: unknown) => [
        `I6: ${error instanceof Error ? error.message : error}`,
      ])
      violations.push(...found)
      if (found.length > 0) break // what one run broke would be held against the next
    }
    return violations
  } finally {
    await cell.stop()
  }
}

/** The power switch gives no answer and does nothing. Whoever takes that for a yes lets two servers write. */
function silentAgent(cell: ForcedCell): Promise<string[]> {
  const silent: FencingAgent = { ...cell.agent, powerOff: () => Promise.reject(new OutcomeUnknown('No answer.')) }
  return failOver(cell, { deps: { fencingAgent: silent } })
}

function powerOff(cell: ForcedCell): Promise<string[]> {
  return failOver(cell, {})
}

/** Between the fence and the decision somebody else has moved the epoch: the decision compares, and is refused. */
async function overtaken(cell: ForcedCell): Promise<string[]> {
  const { source } = await cell.roles()
  let isMoved = false
  const faults: FaultPlan = async ({ step, place }) => {
    if (isMoved || step !== 'move-epoch' || place !== 'before') return
    isMoved = true
    await cell.db.$executeRaw`UPDATE region_write_epoch SET epoch = epoch + 1`
  }
  const { epoch } = await cell.base.epochRow()
  const { status } = await run(cell, { faults })
  const now = await cell.base.epochRow()
  if (status !== 'done' && now.activeMember === source) return giveBack(cell, source)
  return [
    `I1: the epoch was ${epoch + 1n} by somebody else's decision, and the operation moved it all the same (${status}).`,
  ]
}

/** As a person would: the scope stays with its writer, and its server is let go. */
async function giveBack(cell: ForcedCell, source: string): Promise<string[]> {
  cell.setLink('up')
  const [row] = await cell.db.operation.findMany({ orderBy: { createdAt: 'desc' }, take: 1 })
  await cell.db.$executeRaw`UPDATE operation SET status = 'undone', finished_at = now() WHERE status = 'needs-human'`
  await cell.base.cell.fleet.fleet.lockOut(source, 'release', row!.id).catch(() => {})
  await cell.db.$executeRaw`UPDATE region_write_epoch SET epoch = epoch + 5, status = 'FENCED'`
  return []
}

type Change = { deps?: Partial<SwitchoverDeps>; faults?: FaultPlan }

async function failOver(cell: ForcedCell, change: Change): Promise<string[]> {
  const operation = await run(cell, change)
  const found = [...(await cell.violations(operation)), ...(await journalViolations(cell.db, operation))]
  return found.map((says) => `${invariantOf(says)}: ${says}`)
}

async function run(cell: ForcedCell, { deps = {}, faults }: Change) {
  cell.vantages = 'console'
  cell.setLink('cut')
  const operationId = await cell.enqueue({}, 'ServerUnreachable')
  const end = new AbortController()
  const worker = startOperationWorker({
    db: cell.db,
    workflows,
    deps: { ...cell.deps, ...deps },
    workerName: 'worker-1',
    homeRegion: cell.deps.vantageRegion,
    pollMs: 50,
    undoEveryMs: UNDO_EVERY_MS,
    signal: end.signal,
    faults,
  })
  try {
    return await waitForStatus(cell.db, operationId, 'done', 'undone', 'needs-human')
  } finally {
    end.abort()
    await worker.done
  }
}

/** Which invariant the sentence of a judge speaks of. */
function invariantOf(says: string): string {
  if (/takes writes at epoch|old epoch came after|catalog says/.test(says)) return 'I1'
  if (/receipt|approved by|consumed request/.test(says)) return 'I4'
  if (/Lost|lost/.test(says)) return 'I3'
  if (/audit|events/.test(says)) return 'I7'
  return 'I12'
}
