import { randomUUID } from 'node:crypto'
import { DomainError } from '@/model/errors'
import { approveRequest, previewSwitchoverDrill, requestOperation, startCloneDrill } from '@/server/domain/operations'
import { CLONE_DRILL_KIND } from '@/server/domain/operations/drill/clone-drill-workflow'
import { FAILOVER_KIND, SWITCHOVER_DRILL_KIND, SWITCHOVER_KIND } from '@/server/domain/operations/kind-names'
import { REINSTATEMENT_KIND } from '@/server/domain/operations/return/reinstatement-workflow'
import { RETURN_KIND } from '@/server/domain/operations/return/return-workflow'
import type { OperationRecord } from '@/server/workflows'
import type { ForcedArena } from '../forced/arena'
import { journalViolations } from '../forced/judge'
import type { Attack } from '../forced/plan-attacks'
import type { Crew } from '../forced/workers'
import type { Restart } from './plan-restarts'

const ATTEMPTS_MAX = 3
const REASON = 'To see what becomes of it.'

type Outcome = { violations: string[]; lostCount: number }

/** Plays one operation of this kind with this fate. Throws for a kind that nobody has taught this suite: none may be left out. */
export async function playRestart(arena: ForcedArena, restart: Restart): Promise<Outcome> {
  const play = plays[restart.kind]
  if (!play) throw new Error(`Nobody plays ${restart.kind}.`)
  try {
    return await play(arena, restart)
  } finally {
    await arena.workers.endAll()
  }
}

const failover = async (arena: ForcedArena, { kind, fate, refuseAt }: Restart): Promise<Outcome> => {
  const attack: Attack = {
    fault: 'cut',
    means: 'power',
    isPrepared: false,
    fates: {
      failover: kind === FAILOVER_KIND ? fate : null,
      return: kind === RETURN_KIND ? fate : null,
      reinstatement: kind === REINSTATEMENT_KIND ? fate : null,
    },
    blows: [],
    goesBack: refuseAt !== null,
    clockShiftMs: 0,
  }
  const wanted = attack.goesBack ? 'undone' : 'done'
  for (let attempt = 1; ; attempt += 1) {
    const { violations, status, reason, lostCount } = await arena.play(attack)
    if (status === wanted) return { violations, lostCount }
    // A run that rightly goes back, because the machine stalled and more would be lost, has not met its fate: it is played again.
    if (violations.length > 0 || attempt === ATTEMPTS_MAX)
      return { violations: [...violations, `It ended ${status}: ${reason}`], lostCount }
  }
}

const plays: Readonly<Record<string, (arena: ForcedArena, restart: Restart) => Promise<Outcome>>> = {
  [FAILOVER_KIND]: failover,
  [RETURN_KIND]: failover,
  [REINSTATEMENT_KIND]: failover,

  [SWITCHOVER_KIND]: async (arena, restart) => {
    await arena.begin({ means: 'power' })
    const { base } = arena.cell
    const operation = await drive(arena, await arena.untilAgreed(() => base.enqueue()), restart)
    return lossless(arena, operation)
  },

  [SWITCHOVER_DRILL_KIND]: async (arena, restart) => {
    await arena.begin({ means: 'power' })
    const operationId = await arena.untilAgreed(() => askForDrill(arena))
    const operation = await drive(arena, operationId, restart)
    return lossless(arena, operation)
  },

  [CLONE_DRILL_KIND]: async (arena, restart) => {
    await arena.begin({ means: 'power' })
    const { base } = arena.cell
    const [before, ledger] = [await base.epochRow(), await base.wholeLedger()]
    const { operationId } = await arena.untilAgreed(async () => {
      await base.observe()
      return startCloneDrill(base.ctxOf('operator'), { cellId: 'cell' })
    })
    const operation = await drive(arena, operationId, restart)
    const after = await base.epochRow()
    const violations = await journalViolations(base.db, operation)
    if (after.epoch !== before.epoch || after.activeMember !== before.activeMember)
      violations.push('A drill on a copy has changed who writes.')
    await base.writer.untilAcked()
    const lostCount = (await base.wholeLedger()).lost - ledger.lost
    if (lostCount > 0) violations.push(`Lost ${lostCount} acknowledged writes by a drill on a copy.`)
    return { violations, lostCount }
  },
}

async function askForDrill({ cell: { base } }: ForcedArena): Promise<string> {
  await base.observe()
  const operator = base.ctxOf('operator')
  const { plan, planHash, checks } = await previewSwitchoverDrill(operator, { cellId: 'cell' })
  if (!plan || !planHash)
    throw new DomainError(
      'precondition-failed',
      `No drill: ${checks.filter(({ outcome }) => outcome !== 'passed').map(({ says }) => says)}`,
    )
  const { requestId } = await requestOperation(operator, {
    kind: 'drill-switchover',
    cellId: 'cell',
    targetMember: plan.target.member,
    planHash,
    typedRegion: plan.source.region,
    reason: REASON,
    idempotencyKey: randomUUID(),
  })
  const vote = { id: requestId, planHash, reason: REASON }
  const first = await approveRequest(base.ctxOf('approver'), vote)
  return first.operationId ?? (await approveRequest(base.ctxOf('second'), vote)).operationId!
}

/** A move of the writer with both servers alive loses nothing, whatever became of it. */
async function lossless({ cell: { base } }: ForcedArena, operation: OperationRecord): Promise<Outcome> {
  const found = [...(await base.violations(operation)), ...(await journalViolations(base.db, operation))]
  return { violations: found, lostCount: found.filter((says) => says.startsWith('Lost ')).length }
}

function drive(arena: ForcedArena, operationId: string, { fate, refuseAt }: Restart): Promise<OperationRecord> {
  const crew: Crew = { means: 'power', clockShiftMs: 0, refuseAt }
  return arena.workers.drive(operationId, crew, fate)
}
