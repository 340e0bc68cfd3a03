import { copyStandby } from './base-backup'
import { FleetError } from './fleet-error'
import type { Member } from './member'
import { findTimelineOfPrimary, waitUntilStreaming } from './rebuild'

/** More starts at once only compete for the same disk and cores. */
const STARTS_AT_ONCE_MAX = 4

type Wiring = {
  /** Relay ports that changed since the last start, old to new. */
  movedPorts: ReadonlyMap<number, number>
  relayPort: (fromRegion: string, member: string) => number
}

/**
 * Brings every member up: first those that are or become primaries, then standbys, building what was never built. A
 * server that was built before and does not start now stays off and says why (`fault`); the others come up without it.
 */
export async function startEstate(members: readonly Member[], wiring: Wiring): Promise<void> {
  const primaries: Member[] = []
  const standbys: Member[] = []
  for (const member of members) {
    const isStandby = (await member.isBuilt()) ? await member.startsAsStandby() : !(await isToBeFirst(member, members))
    ;(isStandby ? standbys : primaries).push(member)
  }
  await inBatches(primaries, async (member) => {
    if (await member.isBuilt()) return resume(member)
    await member.build()
    await member.start()
  })
  await inBatches(standbys, (member) => startStandby(member, members, wiring))
}

async function startStandby(member: Member, members: readonly Member[], wiring: Wiring): Promise<void> {
  if (await member.isBuilt()) {
    await member.followMovedRelay(wiring.movedPorts)
    return resume(member)
  }
  const source = await findPrimary(member, members)
  const conninfo = member.conninfoTo(wiring.relayPort(member.region, source.name))
  await copyStandby({ adminDsn: source.superuserDsn(), dir: source.seat.dir }, member.seat, conninfo)
  await member.start()
  await waitUntilStreaming(member)
}

/** The console shows a server that does not come up, and needs its own catalog to do so. */
async function resume(member: Member): Promise<void> {
  await member.start().catch((error) => {
    if (member.cell.kind === 'catalog' || member.fault === null) throw error
  })
}

/** The primary that a standby is made from: the newest timeline, since an old primary that came back looks like one too. */
async function findPrimary(member: Member, members: readonly Member[]): Promise<Member> {
  let newest: { member: Member; timeline: number } | null = null
  for (const candidate of members) {
    if (candidate.cell !== member.cell || candidate === member) continue
    const timeline = await findTimelineOfPrimary(candidate)
    if (timeline !== null && timeline > (newest?.timeline ?? 0)) newest = { member: candidate, timeline }
  }
  if (newest) return newest.member
  throw new FleetError('server-failed', `Cell ${member.cell.name} has no primary to make ${member.name} from.`)
}

/** Only the first member of a cell that has no data at all may become a new database; any other would be a second one. */
async function isToBeFirst(member: Member, members: readonly Member[]): Promise<boolean> {
  if (member.cell.members[0]?.name !== member.name) return false
  const others = members.filter((other) => other.cell === member.cell && other !== member)
  return !(await Promise.all(others.map((other) => other.isBuilt()))).includes(true)
}

async function inBatches(members: readonly Member[], work: (member: Member) => Promise<void>): Promise<void> {
  const waiting = [...members]
  const takeNext = async () => {
    for (let member = waiting.shift(); member; member = waiting.shift()) await work(member)
  }
  await Promise.all(Array.from({ length: Math.min(STARTS_AT_ONCE_MAX, members.length) }, takeNext))
}
