import { counted } from '@/model/format'
import type { Status } from '@/model/observations'
import type { RegionJudgement } from './decide-region-status'
import { decideWorstStatus } from './decide-worst-status'
import { sayInstant } from './sentences'

export type Verdict = {
  status: Status
  /** What is wrong, a sentence each, the worst first. */
  troubles: string[]
  /** How many more there are, and whether a cell is among them. */
  untold: { count: number; kind: 'cell' | 'region' } | null
  /** How many regions are healthy, when that was checked, and from how many vantages. */
  summary: string
  since: Date | null
}

const TROUBLES_MAX = 3
const severity = { crit: 0, warn: 1, unknown: 2, active: 3, ok: 4 } as const satisfies Record<Status, number>

type Trouble = { status: Status; says: string; since: Date | null; isCell: boolean }

/** A region that nobody reaches explains its cells; one that some do not reach matters less than what a cell lacks. */
function rankOf({ status, isCell }: Trouble): number {
  return severity[status] * 2 + (status === 'crit' ? Number(isCell) : Number(!isCell))
}

type Region = { code: string; status: Status; judgement: RegionJudgement }
type Cell = { name: string; activeMember: string; status: Status; says: string }

/**
 * What the overview says first: what is wrong, where, since when and seen by how many, worst first; and how many regions are
 * healthy, when that was checked and from how many vantages.
 */
export function decideVerdict(input: {
  /** `status` is what the region's card shows: the worst of the region and of the cells that write there. */
  regions: readonly Region[]
  cells: readonly Cell[]
  /** The oldest among the newest observations of each vantage: the sentence is no younger than that. */
  checkedAt: Date | null
  vantageCount: number
}): Verdict {
  const { regions, cells } = input
  if (regions.length === 0) return nothingKnown('No estate is known yet.')
  if (input.checkedAt === null) return nothingKnown('Nothing has been checked yet.')

  const status = decideWorstStatus([
    ...regions.map(({ judgement }) => judgement.status),
    ...cells.map((cell) => cell.status),
  ])
  const healthyCount = regions.filter(({ status }) => status === 'ok' || status === 'active').length

  const troubles = troublesOf(regions, cells)
  const told = troubles.slice(0, TROUBLES_MAX)
  const untold = troubles.slice(TROUBLES_MAX)
  return {
    status,
    troubles: told.map(({ says }) => says),
    untold:
      untold.length === 0
        ? null
        : { count: untold.length, kind: untold.some(({ isCell }) => isCell) ? 'cell' : 'region' },
    summary: `${healthyCount} of ${counted(regions.length, 'region')} healthy, checked at ${sayInstant(input.checkedAt)} from ${counted(input.vantageCount, 'vantage')}.`,
    since: told.find((trouble) => trouble.since)?.since ?? null,
  }
}

function nothingKnown(summary: string): Verdict {
  return { status: 'unknown', troubles: [], untold: null, summary, since: null }
}

/**
 * Worst first. A cell's trouble has no beginning of its own: where a region is in trouble for nothing but the cell's silent
 * writer, it is told once, by the cell, with the region's beginning.
 */
function troublesOf(regions: readonly Region[], cells: readonly Cell[]): Trouble[] {
  const isSilentWriter = (member: string) =>
    cells.some((cell) => cell.status === 'crit' && cell.activeMember === member)
  const isToldByCells = ({ judgement: { partlySilent } }: Region) =>
    partlySilent.length > 0 && partlySilent.every(isSilentWriter)
  const sinceOf = ({ activeMember }: Cell) =>
    regions.filter(isToldByCells).find(({ judgement }) => judgement.partlySilent.includes(activeMember))?.judgement
      .since
  const told: Trouble[] = [
    ...regions
      .filter((region) => !isToldByCells(region))
      .map(({ judgement: { status, says, since } }) => ({ status, says, since, isCell: false })),
    ...cells.map((cell) => ({
      status: cell.status,
      says: `${cell.name}: ${cell.says}`,
      since: sinceOf(cell) ?? null,
      isCell: true,
    })),
  ]
  return told.filter((trouble) => trouble.status !== 'ok').sort((a, b) => rankOf(a) - rankOf(b))
}
