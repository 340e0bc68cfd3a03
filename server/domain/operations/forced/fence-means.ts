import type { FenceMean } from '@/model/schemas/plans'
import { fenceStrengths } from '@/model/states'
import { FACTS_AGE_MS_MAX } from '../limits'
import { sayTime } from '../say-time'
import type { CellWorld, MemberWorld } from '../world/cell-world'
import { AGENT_ANSWER_AGE_MS_MAX } from './limits'

type Given = { world: CellWorld; source: MemberWorld; path: { isBreakGlass: boolean; isDeclared: boolean } }
type Verdict = Pick<FenceMean, 'isPossible' | 'says'>

/** Pure: every way to close the old primary, the strongest first, and whether it can be had now. Unknown is not possible. */
export function decideMeans(given: Given): FenceMean[] {
  const judges = { PROVEN: judgeProven, POWERED_OFF: judgePower, LEASE_EXPIRED: judgeLease, DECLARED: judgeDeclared }
  const means: FenceMean[] = []
  for (const strength of Object.keys(fenceStrengths) as (keyof typeof fenceStrengths)[])
    means.push({ strength, ...judges[strength](given, means) })
  return means
}

/** Findings under which somebody still gets an answer, so that the gate can perhaps be closed. */
const ANSWERING = ['ServerHealthy', 'RefusingWrites', 'UnreachableFromHere', 'ServerFrozen', 'TwoWriters']

function judgeProven({ source }: Given): Verdict {
  const isAnswering = source.report?.isReachable === true || source.finding.name === 'ServerHealthy'
  if (isAnswering && ANSWERING.includes(source.finding.name))
    return { isPossible: true, says: `${source.id} answers: its gate can be closed, and a canary write proves it.` }
  return {
    isPossible: false,
    says: `${source.id} does not answer the console: a gate that cannot be asked cannot be proven closed. It is tried all the same.`,
  }
}

function judgePower({ world, source }: Given): Verdict {
  const { agent } = source
  if (!agent) return { isPossible: false, says: `No fencing agent answers for ${source.id}.` }
  if (world.nowMs - agent.checkedAtMs > AGENT_ANSWER_AGE_MS_MAX)
    return {
      isPossible: false,
      says: `The fencing agent of ${source.id} was last asked at ${sayTime(agent.checkedAtMs)}.`,
    }
  return { isPossible: agent.isReady, says: agent.says }
}

/** Only a gate that has confirmed a lease of this epoch is known to stop by itself. */
function judgeLease({ world, source }: Given): Verdict {
  if (world.cell.writeLeaseMs === null)
    return { isPossible: false, says: `${world.cell.id} runs without a write lease.` }
  if (!world.lease)
    return {
      isPossible: false,
      says: `No lease is known that the gate of ${source.id} has confirmed at epoch ${world.epoch?.epoch ?? 'unknown'}.`,
    }
  return {
    isPossible: true,
    says:
      world.lease.endsAtMs > world.nowMs
        ? `Its write lease ends at ${sayTime(world.lease.endsAtMs)} at the latest.`
        : `Its write lease ran out at ${sayTime(world.lease.endsAtMs)}.`,
  }
}

/** Findings of a server that some vantage has an answer from: whoever says that it takes no writes is contradicted. */
const HEARD = ['ServerHealthy', 'RefusingWrites', 'UnreachableFromHere', 'TwoWriters']

/** The word of people is for what nothing else can show; it stands neither beside a proof nor against what is seen. */
function judgeDeclared({ world, source, path }: Given, stronger: readonly FenceMean[]): Verdict {
  if (!path.isBreakGlass)
    return { isPossible: false, says: 'People may declare it closed on the break-glass path only.' }
  if (isHeard(world, source))
    return { isPossible: false, says: `${source.id} answers, so nobody may declare that it takes no writes.` }
  const better = stronger.find(({ isPossible }) => isPossible)
  if (better)
    return {
      isPossible: false,
      says: `${better.strength} can be had, which shows more than anybody’s word: nobody may declare ${source.id} closed.`,
    }
  if (!path.isDeclared) return { isPossible: false, says: `Nobody attests that ${source.id} takes no writes.` }
  return {
    isPossible: true,
    says: `Two people attest that ${source.id} takes no writes: whoever breaks the glass, and another who confirms it.`,
  }
}

function isHeard({ nowMs }: CellWorld, { report, finding }: MemberWorld): boolean {
  if (HEARD.includes(finding.name)) return true
  return report?.isReachable === true && nowMs - report.observedAtMs <= FACTS_AGE_MS_MAX
}
