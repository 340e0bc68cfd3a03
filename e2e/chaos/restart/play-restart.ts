import { randomUUID } from 'node:crypto'
import { approveRequest, previewSwitchoverDrill, requestOperation, startCloneDrill } from '@/server/domain/operations'
import { CLONE_DRILL_KIND } from '@/server/domain/operations/drill/clone-drill-workflow'
import { FAILOVER_KIND, SWITCHOVER_DRILL_KIND, SWITCHOVER_KIND } from '@/server/domain/operations/read-world'
import { REINSTATEMENT_KIND } from '@/server/domain/operations/return/reinstatement-workflow'
import { RETURN_KIND } from '@/server/domain/operations/return/return-workflow'
import type { OperationRecord } from '@/server/workflows'
import type { Crew, ForcedArena } from '../forced/arena'
import { journalViolations } from '../forced/judge'
import type { Attack } from '../forced/plan-attacks'
import type { Restart } from './plan-restarts'

const REASON = 'To see what becomes of it.'

type Outcome = { violations: string[]; lostCount: number }

/** Plays one operation of this kind with this fate. Throws for a kind that nobody has taught this suite: none may be left out. */
export async function playRestart(arena: ForcedArena, restart: Restart): Promise<Outcome> {
  const play = plays[restart.kind]
  if (!play) throw new Error(`Nobody plays ${restart.kind}.`)
  try {
    return await play(arena, restart)
  } finally {
    await arena.endWorkers()
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
  const { violations, status, lostCount } = await arena.play(attack)
  const wanted = attack.goesBack ? 'undone' : 'done'
  return { violations: status === wanted ? violations : [...violations, `It ended ${status}.`], lostCount }
}

const plays: Readonly<Record<string, (arena: ForcedArena, restart: Restart) => Promise<Outcome>>> = {
  [FAILOVER_KIND]: failover,
  [RETURN_KIND]: failover,
  [REINSTATEMENT_KIND]: failover,

  [SWITCHOVER_KIND]: async (arena, restart) => {
    await arena.begin({ means: 'power' })
    const { base } = arena.cell
    const operation = await drive(arena, await base.enqueue(), restart)
    return lossless(arena, operation)
  },

  [SWITCHOVER_DRILL_KIND]: async (arena, restart) => {
    await arena.begin({ means: 'power' })
    const { base } = arena.cell
    await base.observe()
    const operator = base.ctxOf('operator')
    const { plan, planHash, checks } = await previewSwitchoverDrill(operator, { cellId: 'cell' })
    if (!plan || !planHash)
      throw new Error(`No drill: ${checks.filter(({ outcome }) => outcome !== 'passed').map(({ says }) => says)}`)
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
    const operationId = first.operationId ?? (await approveRequest(base.ctxOf('second'), vote)).operationId
    const operation = await drive(arena, operationId!, restart)
    return lossless(arena, operation)
  },

  [CLONE_DRILL_KIND]: async (arena, restart) => {
    await arena.begin({ means: 'power' })
    const { base } = arena.cell
    await base.observe()
    const before = await base.epochRow()
    const { operationId } = await startCloneDrill(base.ctxOf('operator'), { cellId: 'cell' })
    const operation = await drive(arena, operationId, restart)
    const after = await base.epochRow()
    const violations = await journalViolations(base.db, operation)
    if (after.epoch !== before.epoch || after.activeMember !== before.activeMember)
      violations.push('A drill on a copy has changed who writes.')
    await base.writer.untilAcked()
    return { violations, lostCount: 0 } // nobody else may lose anything by it: the next run's ledger would show it
  },
}

/** A move of the writer with both servers alive loses nothing, whatever became of it. */
async function lossless({ cell: { base } }: ForcedArena, operation: OperationRecord): Promise<Outcome> {
  const found = [...(await base.violations(operation)), ...(await journalViolations(base.db, operation))]
  return { violations: found, lostCount: found.filter((says) => says.startsWith('Lost ')).length }
}

function drive(arena: ForcedArena, operationId: string, { fate, refuseAt }: Restart): Promise<OperationRecord> {
  const crew: Crew = { means: 'power', clockShiftMs: 0, refuseAt }
  return arena.drive(operationId, crew, fate)
}
