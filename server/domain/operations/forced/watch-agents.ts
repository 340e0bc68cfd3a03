import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@/server/db'
import type { FencingAgent } from '@/server/engines/contract'
import { log } from '@/server/log'
import { AGENT_CHECK } from '../world/read-members'
import { AGENT_CHECK_EVERY_MS } from './limits'

const CHECK_MS_MAX = 5_000
const CHECKS_UNDER_WAY_MAX = 16

type Vantage = { vantageRegion: string; signal: AbortSignal }

/**
 * Asks the fencing agent about every member, again and again, and keeps its answers: a plan is made where no agent can be
 * asked, and must not promise a power switch that nobody has heard of for a minute. Resolves when the signal is aborted.
 */
export async function watchAgents(db: Db, agent: FencingAgent | null, vantage: Vantage): Promise<void> {
  while (!vantage.signal.aborted) {
    await recordAgents(db, agent, vantage).catch((error: unknown) => {
      if (!vantage.signal.aborted) log.warn({ err: error }, 'The fencing agents could not be asked.')
    })
    await sleep(AGENT_CHECK_EVERY_MS, undefined, { signal: vantage.signal }).catch(() => {})
  }
}

export async function recordAgents(
  db: Db,
  agent: Pick<FencingAgent, 'describes' | 'check'> | null,
  { vantageRegion, signal }: Vantage,
): Promise<void> {
  const members = await db.cellMember.findMany({ select: { id: true, cellId: true }, orderBy: { id: 'asc' } })
  for (let from = 0; from < members.length; from += CHECKS_UNDER_WAY_MAX) {
    const batch = members.slice(from, from + CHECKS_UNDER_WAY_MAX)
    await Promise.all(batch.map((member) => recordAgent(db, agent, member, { vantageRegion, signal })))
  }
}

async function recordAgent(
  db: Db,
  agent: Pick<FencingAgent, 'describes' | 'check'> | null,
  { id, cellId }: { id: string; cellId: string },
  { vantageRegion, signal }: Vantage,
): Promise<void> {
  const { isReady, says } = agent
    ? await agent.check(id, { timeoutMs: CHECK_MS_MAX, signal })
    : { isReady: false, says: 'No fencing agent is configured.' }
  const seen = {
    outcome: isReady ? 'passed' : 'failed',
    says,
    facts: { agent: agent?.describes ?? null },
    vantage: vantageRegion,
    checkedAt: new Date(),
  }
  await db.readinessEvidence.upsert({
    where: { cellId_check: { cellId, check: `${AGENT_CHECK}${id}` } },
    create: { cellId, check: `${AGENT_CHECK}${id}`, ...seen, provenAt: isReady ? seen.checkedAt : null },
    update: { ...seen, ...(isReady && { provenAt: seen.checkedAt }) },
  })
}
