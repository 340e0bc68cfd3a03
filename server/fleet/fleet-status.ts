import type { FleetStatus, MemberStatus, ObservedRole } from './contract'
import type { Links } from './links'
import type { Member } from './member'
import { LOOPBACK } from './ports'
import type { Relay } from './relay'
import { withServer } from './sql'

const ASK_TIMEOUT_MS = 1_000

type Parts = { members: ReadonlyMap<string, Member>; links: Links; relays: readonly Relay[] }

export async function askStatus(fleet: Parts): Promise<FleetStatus> {
  return {
    members: await Promise.all([...fleet.members.values()].map(memberStatus)),
    links: fleet.links.status(),
    relays: fleet.relays.map((relay) => relay.status()),
  }
}

async function memberStatus(member: Member): Promise<MemberStatus> {
  const { power, pid } = await member.power()
  return {
    name: member.name,
    cell: member.cell.name,
    region: member.region,
    role: power === 'on' ? await observeRole(member) : 'unknown',
    host: LOOPBACK,
    port: member.port,
    pid,
    power,
    fault: member.fault ?? member.whyLocked,
    appDsn: member.appDsn(),
    adminDsn: member.adminDsn(),
  }
}

async function observeRole(member: Member): Promise<ObservedRole> {
  const ask = withServer(member.superuserDsn(), ASK_TIMEOUT_MS, async (client) => {
    const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
    if (member.cell.kind === 'catalog') return 'catalog' as const
    return rows[0]!.standby ? ('standby' as const) : ('primary' as const)
  })
  return ask.catch(() => 'unknown' as const)
}
