import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { BodyRow } from './BodyRow'
import type { Column } from './columns'

type Event = { name: string; scope: string | null; count: number }

const columns: readonly Column<Event>[] = [
  { id: 'name', header: 'Event', cell: (row) => row.name },
  { id: 'scope', header: 'Scope', cell: (row) => row.scope && <code>{row.scope}</code> },
  { id: 'count', header: 'Count', cell: (row) => row.count },
]

const drawn = (row: Event) =>
  renderToStaticMarkup(
    <table>
      <tbody>
        <BodyRow row={row} columns={columns} isCompact={false} isSelected={false} />
      </tbody>
    </table>,
  )

test('on a card a value has its name before it, and a zero is a value', () => {
  const card = drawn({ name: 'started', scope: 'cell:jkt', count: 0 })
  expect(card).toMatch(/Scope<\/span><code>cell:jkt/)
  expect(card).toMatch(/Count<\/span>0/)
})

test('what a row does not have is left out, with its name; the cell stays, for those who count columns', () => {
  const card = drawn({ name: 'started', scope: null, count: 1 })
  expect(card).not.toContain('Scope')
  expect(card.match(/<td/g)).toHaveLength(columns.length)
})
