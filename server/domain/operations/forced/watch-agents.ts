import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@/server/db'
import type { FencingAgent } from '@/server/engines/contract'
import { log } from '@/server/log'
import { AGENT_CHECK } from '../world/read-members'
import { AGENT_CHECK_EVERY_MS } from './limits'

const CHECK_MS_MAX = 5_000
/**
 * In this process. Enough that where 200 hooks are dead, as they may be in an outage of a region, a round of questions still
 * ends in half of the time after which an answer counts as none; few enough for hooks that are programs.
 */
const CHECKS_UNDER_WAY_MAX = 32

type Agent = Pick<FencingAgent, 'describes' | 'check'>
type Member = { id: string; cellId: string }

type Vantage = { vantageRegion: string; signal: AbortSignal }

/**
 * Asks the fencing agent about every member, again and again, and keeps its answers: a plan is made where no agent can be
 * asked, and must not promise a power switch that nobody has heard of for a minute. Resolves when the signal is aborted.
 */
export async function watchAgents(db: Db, agent: FencingAgent | null, vantage: Vantage): Promise<void> {
  while (!vantage.signal.aborted) {
    const pause = sleep(AGENT_CHECK_EVERY_MS, undefined, { signal: vantage.signal }).catch(() => {})
    await recordAgents(db, agent, vantage).catch((error: unknown) => {
      if (!vantage.signal.aborted) log.warn({ err: error }, 'The fencing agents could not be asked.')
    })
    await pause
  }
}

/** One round. Each member is asked by itself: neither silence nor a failure of one costs another its answer. */
export async function recordAgents(db: Db, agent: Agent | null, vantage: Vantage): Promise<void> {
  const members = await db.cellMember.findMany({ select: { id: true, cellId: true }, orderBy: { id: 'asc' } })
  const waiting = members.values()
  const failures: unknown[] = []
  const lane = async () => {
    for (const member of waiting) {
      if (vantage.signal.aborted) return
      await recordAgent(db, agent, member, vantage).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: CHECKS_UNDER_WAY_MAX }, lane))
  if (failures.length > 0 && !vantage.signal.aborted)
    log.warn({ err: failures[0], failureCount: failures.length }, 'What some fencing agents say could not be recorded.')
}

/** Dated by the catalog's clock, which judges its age. */
async function recordAgent(
  db: Db,
  agent: Agent | null,
  { id, cellId }: Member,
  { vantageRegion, signal }: Vantage,
): Promise<void> {
  const { isReady, says } = agent
    ? await agent.check(id, { timeoutMs: CHECK_MS_MAX, signal })
    : { isReady: false, says: 'No fencing agent is configured.' }
  if (signal.aborted) return // cut short by our own stop: says nothing about the agent
  const facts = JSON.stringify({ agent: agent?.describes ?? null })
  await db.$executeRaw`
    INSERT INTO readiness_evidence AS kept (cell_id, "check", outcome, says, facts, vantage, checked_at, proven_at)
    VALUES (${cellId}, ${`${AGENT_CHECK}${id}`}, ${isReady ? 'passed' : 'failed'}, ${says}, ${facts}::jsonb, ${vantageRegion},
            statement_timestamp(), CASE WHEN ${isReady} THEN statement_timestamp() END)
    ON CONFLICT (cell_id, "check") DO UPDATE SET
      outcome = excluded.outcome, says = excluded.says, facts = excluded.facts, vantage = excluded.vantage,
      checked_at = excluded.checked_at, proven_at = coalesce(excluded.proven_at, kept.proven_at)`
}
