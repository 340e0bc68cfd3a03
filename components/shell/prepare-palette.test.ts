import { describe, expect, test } from 'vitest'
import { type PaletteCell, preparePalette, scoreEntry } from './prepare-palette'

const iad: PaletteCell = {
  id: 'iad',
  name: 'N. Virginia',
  activeRegion: 'us-east-1',
  members: [
    { id: 'iad-1', region: 'us-east-1', isActive: true, staleServerId: null },
    { id: 'iad-2', region: 'us-west-2', isActive: false, staleServerId: null },
    { id: 'iad-3', region: 'us-east-2', isActive: false, staleServerId: '0190f000-0000-7000-8000-000000000001' },
  ],
}
const itemsOf = (mayRequest: boolean, heading: string) =>
  preparePalette([iad], mayRequest).find((group) => group.heading === heading)?.items ?? []

describe('the palette', () => {
  test('knows a cell by its id and its name, and leads to where it writes', () => {
    expect(itemsOf(false, 'Cells')).toMatchObject([
      { label: 'iad', note: 'N. Virginia · writes in us-east-1', href: '/regions/us-east-1' },
    ])
  })

  test('knows every server, and leads to the one that was left behind', () => {
    expect(itemsOf(false, 'Servers').map(({ label, note, href }) => [label, note, href])).toEqual([
      ['iad-1', 'writer in us-east-1', '/regions/us-east-1'],
      ['iad-2', 'standby in us-west-2', '/regions/us-west-2'],
      ['iad-3', 'stale server in us-east-2', '/dr/stale/0190f000-0000-7000-8000-000000000001'],
    ])
  })

  test('finds a region by the cell that writes there', () => {
    const [east] = itemsOf(false, 'Regions')
    expect(east).toMatchObject({ label: 'us-east-1', note: 'Ashburn, US' })
    expect(east!.keywords).toContain('iad')
  })

  test('offers the form to those who may send it, and to nobody else', () => {
    expect(itemsOf(true, 'Plan')).toMatchObject([
      { label: 'Plan a failover of iad', href: '/dr/failover/new?cell=iad' },
    ])
    expect(itemsOf(false, 'Plan')).toEqual([])
  })

  test('has no two entries of one name', () => {
    const all = preparePalette([iad], true).flatMap(({ items }) => items.map(({ label, note }) => `${label} ${note}`))
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('what is typed', () => {
  test('finds an entry by whole parts of its names, not by scattered letters', () => {
    expect(scoreEntry('syd Sydney · writes in ap-southeast-2', 'iad', ['cell', 'Sydney'])).toBe(0)
    expect(scoreEntry('us-east-1 Ashburn, US', 'IAD', ['region', 'iad'])).toBeGreaterThan(0)
    expect(scoreEntry('Plan a failover of iad N. Virginia', 'plan iad')).toBeGreaterThan(0)
    expect(scoreEntry('Overview ', '')).toBeGreaterThan(0)
  })

  test('the cell of that name comes before its servers, and they before what only belongs to it', () => {
    const scores = [
      scoreEntry('iad N. Virginia · writes in us-east-1', 'iad', ['cell']),
      scoreEntry('iad-1 writer in us-east-1', 'iad', ['server']),
      scoreEntry('Plan a failover of iad N. Virginia', 'iad'),
      scoreEntry('us-east-1 Ashburn, US', 'iad', ['region', 'iad']),
    ]
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(new Set(scores).size).toBe(scores.length)
  })
})
