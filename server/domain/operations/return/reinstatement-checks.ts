import { counted } from '@/model/format'
import type { Check } from '@/model/schemas/plans'
import { failed, passed, unknown, type Verdict } from '@/model/verdict'
import { judgeAlone, judgeHolds, reliableReport } from '../safety-rules'
import { type CellWorld, type MemberWorld, sourceOf } from '../world/cell-world'
import type { StaleRow } from './return-run'

export type Reinstating = { world: CellWorld; stale: StaleRow; openConflictCount: number }

/**
 * What must hold before a server is emptied. Pure. Undecided conflicts are named and do not block: both rows of each lie in the new
 * primary's ledger by then, so emptying the old server takes nothing from anybody's decision.
 */
export function checkReinstatement(given: Reinstating): Check[] {
  return Object.entries(rules).map(([rule, { title, judge }]) => ({
    rule,
    title,
    isOverridable: false,
    ...judge(given),
  }))
}

const rules = {
  'one-operation-per-scope': { title: 'Nothing else is running or asked for', judge: judgeAlone },
  'no-hold': { title: 'Nobody holds the cell', judge: judgeHolds },
  'ledger-extracted': { title: 'What it wrote on its own is read out', judge: judgeLedger },
  'not-the-writer': { title: 'It is not the writer', judge: judgeNotWriter },
  'writer-is-healthy': { title: 'The new primary takes writes', judge: judgeWriter },
  'conflicts-named': { title: 'Rows that wait for a decision', judge: judgeConflicts },
} as const satisfies Record<string, { title: string; judge: (given: Reinstating) => Verdict }>

function judgeLedger({ stale }: Reinstating): Verdict {
  const says = {
    away: `${stale.memberId} has not returned: nobody knows what it holds.`,
    returned: `${stale.memberId} is back, and is not closed yet.`,
    closed: `${stale.memberId} is closed, and is not read out yet.`,
    rebuilt: `${stale.memberId} has been rebuilt already.`,
    lost: `${stale.memberId} was given up: ${stale.says ?? 'nobody noted why.'}`,
  }[stale.status]
  if (stale.status !== 'extracted') return failed(says ?? `${stale.memberId} is ${stale.status}.`)
  return passed(`${counted(stale.lostWriteCount ?? 0, 'unreplicated row')} of ${stale.memberId} lie in the ledger.`)
}

function judgeNotWriter({ world, stale }: Reinstating): Verdict {
  if (!world.epoch) return unknown('The catalog names no writer for this cell.')
  if (world.epoch.activeMember === stale.memberId) return failed(`${stale.memberId} is the writer by the catalog.`)
  return passed(`${world.epoch.activeMember} is the writer by the catalog.`)
}

function judgeWriter({ world }: Reinstating): Verdict {
  const writer: MemberWorld | null = sourceOf(world)
  if (!writer || !world.epoch) return unknown('The catalog names no writer for this cell.')
  if (world.epoch.status !== 'WRITABLE')
    return failed(`The catalog holds ${world.cell.scope} as ${world.epoch.status}.`)
  const report = reliableReport(writer, world.nowMs)
  if ('why' in report) return unknown(report.why)
  if (report.role !== 'primary')
    return failed(`${writer.id} is a ${report.role ?? 'server of unknown role'}, not a primary.`)
  if (report.gate?.status !== 'WRITABLE')
    return failed(`The gate of ${writer.id} is ${report.gate?.status ?? 'not known'}.`)
  return passed(`${writer.id} takes writes at epoch ${world.epoch.epoch}.`)
}

function judgeConflicts({ openConflictCount, stale }: Reinstating): Verdict {
  if (openConflictCount === 0) return passed(`Every row of ${stale.memberId} is decided.`)
  return passed(
    `${counted(openConflictCount, 'row waits', 'rows wait')} for a decision. Their contents stay in the new primary’s ledger, so this does not block.`,
  )
}
