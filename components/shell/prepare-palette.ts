import { paths } from '@/model/paths'
import type { CellView, MemberView } from '@/model/schemas/estate'
import { regionNames } from './region-names'

export type PaletteCell = Pick<CellView, 'id' | 'name' | 'activeRegion'> & {
  members: Pick<MemberView, 'id' | 'region' | 'isActive' | 'staleServerId'>[]
}
export type PaletteItem = { label: string; note?: string; href: string; keywords: string[] }
type PaletteGroup = { heading: string; items: PaletteItem[] }

/**
 * What of the estate the palette knows by name: cells, servers, regions, and the forms that this person may send. A cell and its servers
 * are shown on the page of the region they stand in; each is also found by the names of what it belongs to.
 */
export function preparePalette(cells: readonly PaletteCell[], mayRequest: boolean): PaletteGroup[] {
  const groups = [
    { heading: 'Cells', items: cells.map(cellItem) },
    { heading: 'Servers', items: cells.flatMap(serverItems) },
    { heading: 'Regions', items: regionItems(cells) },
    { heading: 'Plan', items: mayRequest ? cells.map(planItem) : [] },
  ]
  return groups.filter(({ items }) => items.length > 0)
}

/**
 * How well an entry fits what was typed, from 0 (not at all) to 1: every word must be in it as it was typed. A search that also takes
 * scattered letters found Sydney for `iad`.
 */
export function scoreEntry(value: string, search: string, keywords: readonly string[] = []): number {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean)
  const [label, others] = [value.toLowerCase(), keywords.join(' ').toLowerCase()]
  if (!wanted.every((word) => label.includes(word) || others.includes(word))) return 0
  if (label.startsWith(`${wanted.join(' ')} `)) return 1
  if (label.startsWith(wanted.join(' '))) return 0.9
  return wanted.every((word) => label.includes(word)) ? 0.6 : 0.3
}

function cellItem({ id, name, activeRegion }: PaletteCell): PaletteItem {
  const note = `${name} · writes in ${activeRegion}`
  return { label: id, note, href: paths.region({ region: activeRegion }), keywords: ['cell', name] }
}

function serverItems({ id: cellId, name, members }: PaletteCell): PaletteItem[] {
  return members.map(({ id, region, isActive, staleServerId }) => {
    const part = isActive ? 'writer' : staleServerId ? 'stale server' : 'standby'
    return {
      label: id,
      note: `${part} in ${region}`,
      href: staleServerId ? paths.staleServer({ id: staleServerId }) : paths.region({ region }),
      keywords: ['server', cellId, name],
    }
  })
}

function regionItems(cells: readonly PaletteCell[]): PaletteItem[] {
  const regions = [...new Set(cells.flatMap(({ members }) => members.map(({ region }) => region)))].sort()
  return regions.map((region) => ({
    label: region,
    note: regionNames[region],
    href: paths.region({ region }),
    keywords: ['region', ...cells.filter((cell) => cell.activeRegion === region).flatMap(({ id, name }) => [id, name])],
  }))
}

function planItem({ id, name }: PaletteCell): PaletteItem {
  return {
    label: `Plan a failover of ${id}`,
    note: `${name} · opens the form`,
    href: paths.newFailover({ cell: id }),
    keywords: ['switch over', 'switchover'],
  }
}
