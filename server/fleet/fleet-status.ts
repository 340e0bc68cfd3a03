import type { Fleet } from './fleet'
import type { LinkStatus } from './links'
import type { Member } from './member'
import { LOOPBACK } from './ports'
import type { Power } from './receipts'
import type { RelayStatus } from './relay'
import { withServer } from './sql'

const ASK_TIMEOUT_MS = 1_000

/** What the server itself says it is; `unknown` when it could not be asked. */
export type ObservedRole = 'primary' | 'standby' | 'catalog' | 'unknown'

export type MemberStatus = {
  name: string
  cell: string
  region: string
  role: ObservedRole
  host: string
  port: number
  pid: number | null
  power: Power
  appDsn: string
  adminDsn: string
}

export type FleetStatus = { members: MemberStatus[]; links: LinkStatus[]; relays: RelayStatus[] }

export async function askStatus(fleet: Pick<Fleet, 'members' | 'links' | 'relays'>): Promise<FleetStatus> {
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
