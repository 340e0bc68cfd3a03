'use client'
import Link from 'next/link'
import { formatMs } from '@/model/format'
import { paths } from '@/model/paths'
import type { CellView, MemberView } from '@/model/schemas/estate'
import { useNow } from '../shell/clock'
import { EpochChip } from '../shell/EpochChip'
import { FreshnessBadge } from '../shell/FreshnessBadge'
import { RegionChip } from '../shell/RegionChip'
import { statusAt, worstFirst } from '../shell/status-now'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { ProbeSays } from '../ui/ProbeSays'
import { StatusGlyph } from '../ui/StatusGlyph'
import { StatusPill } from '../ui/StatusPill'
import { pillOfFinding } from './finding-words'
import { WriterRegion } from './WriterRegion'
import { gateWord } from './writer-place'

/** The servers of the cells that have one here, those of this region first. */
export function MembersTable({ cells, region }: { cells: readonly CellView[]; region: string }) {
  const members = cells.flatMap(({ homeRegion, members }) => members.map((member) => ({ ...member, homeRegion })))
  const here = (member: MemberView) => (member.region === region ? 0 : 1)
  return (
    <DataTable
      caption={`Servers of the cells in ${region}`}
      urlKey="members-"
      rows={members.toSorted((a, b) => worstFirst(a.status, b.status) || here(a) - here(b) || a.id.localeCompare(b.id))}
      columns={columns}
      rowId={(member) => member.id}
      csvName={`servers-${region}`}
    />
  )
}

type Row = MemberView & Pick<CellView, 'homeRegion'>

const columns: readonly Column<Row>[] = [
  { id: 'server', header: 'Server', cell: (member) => <Name member={member} />, value: (member) => member.id },
  {
    id: 'region',
    header: 'Region',
    cell: (member) =>
      member.isActive ? (
        <WriterRegion cell={{ activeRegion: member.region, homeRegion: member.homeRegion }} />
      ) : (
        <RegionChip region={member.region} roleLetter="R" bare />
      ),
    value: (member) => member.region,
  },
  {
    id: 'finding',
    header: 'Finding',
    cell: (member) => (member.finding ? <StatusPill {...pillOfFinding(member.finding.name)} bare /> : known(null)),
    value: (member) => member.finding?.name ?? null,
  },
  {
    id: 'role',
    header: 'Role',
    cell: (member) => <Role member={member} />,
    value: (member) => (member.staleServerId ? 'stale server' : member.role),
  },
  {
    id: 'gate',
    header: 'Gate',
    cell: (member) => (
      <span className="flex items-center gap-2">
        <Gate member={member} />
        {member.gateEpoch && <EpochChip epoch={member.gateEpoch} />}
        {member.unprotected.length > 0 && <span className="text-warn">{member.unprotected.length} unprotected</span>}
      </span>
    ),
    value: gateWord,
  },
  {
    id: 'timeline',
    header: 'Timeline',
    align: 'right',
    cell: (member) => known(member.timeline),
    value: (member) => member.timeline,
  },
  {
    id: 'lsn',
    header: 'LSN',
    align: 'right',
    cell: (member) => <span className="font-mono">{known(member.lsn)}</span>,
    value: (member) => member.lsn,
  },
  {
    id: 'skew',
    header: 'Clock skew',
    align: 'right',
    cell: (member) => known(member.clockSkewMs === null ? null : formatMs(member.clockSkewMs)),
    value: (member) => member.clockSkewMs,
  },
  {
    id: 'version',
    header: 'Version',
    cell: (member) => known(member.serverVersion),
    value: (member) => member.serverVersion,
  },
  {
    id: 'detail',
    header: 'Says',
    card: 'line',
    cell: (member) => member.detail && <ProbeSays raw={member.detail} />,
    value: (member) => member.detail,
  },
  {
    id: 'seen',
    header: 'Seen',
    cell: (member) => <FreshnessBadge seen={member.seen} />,
    value: (member) => member.seen.observedAt,
  },
]

function Name({ member }: { member: MemberView }) {
  const status = statusAt(member.status, member.seen, useNow())
  return (
    <span className="flex items-center gap-1.5 font-mono whitespace-nowrap">
      <StatusGlyph status={status} size={10} />
      {member.id}
    </span>
  )
}

/** A server that a failover left behind is neither a writer nor a standby, whatever it says of itself. */
function Role({ member: { role, staleServerId } }: { member: MemberView }) {
  if (staleServerId === null) return known(role)
  return (
    <Link
      href={paths.staleServer({ id: staleServerId })}
      prefetch={false}
      className="link inline-flex min-h-6 items-center whitespace-nowrap"
    >
      stale server
    </Link>
  )
}

function Gate({ member }: { member: MemberView }) {
  const isCopy = member.role === 'standby'
  return <span className={isCopy ? 'text-ink-3' : undefined}>{known(gateWord(member))}</span>
}

function known(value: string | number | null) {
  return value ?? <span className="text-unknown">unknown</span>
}
