import { expect, test } from 'vitest'
import { plansOfEachKind as plans } from '@/model/schemas/testing-plans'
import type { ByHandOrder } from './by-hand'
import { kindOf } from './kinds'

const order: ByHandOrder = { id: '019f0000-0000-7000-8000-0000000000cc', planHash: 'abc123' }
const scriptOf = (kind: keyof typeof plans) => kindOf(kind).byHand!(plans[kind], order)
const placeOf = (script: string, part: string) => {
  expect(script).toContain(part)
  return script.indexOf(part)
}
const inOrder = (script: string, parts: readonly string[]) => {
  const places = parts.map((part) => placeOf(script, part))
  expect(places).toEqual([...places].sort((a, b) => a - b))
}
const FENCE = `homeport.fence_gate('cell:sin', 8, '${order.id}')`
const DECIDE =
  "UPDATE region_write_epoch SET epoch = 8, active_member = 'sin-2', active_region = 'ap-southeast-2' WHERE"
const PROMOTE = 'SELECT pg_promote()'
const OPEN = `homeport.open_gate('cell:sin', 'ap-southeast-2', 8, '${order.id}')`

test.each(['planned-switchover', 'drill-switchover'] as const)(
  '%s: closes, waits, decides, promotes, opens',
  (kind) => {
    inOrder(scriptOf(kind), [
      'stop at the first line that fails',
      FENCE,
      'pg_last_wal_replay_lsn',
      DECIDE,
      PROMOTE,
      OPEN,
    ])
  },
)

test('a drill says that nothing depends on it', () => {
  expect(scriptOf('drill-switchover')).toContain('nothing depends on it')
  expect(scriptOf('planned-switchover')).not.toContain('nothing depends on it')
})

test('forced: a dead primary is switched off instead of fenced, and nothing is promoted before one of the two', () => {
  const script = scriptOf('forced-failover')
  expect(script).not.toContain('stop at the first line that fails')
  inOrder(script, [
    FENCE,
    'switch the machine of sin-1 off by your own means',
    'If you can do neither, stop here.',
    'pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()',
    DECIDE,
    'must say UPDATE 1',
    PROMOTE,
    OPEN,
    'Never start sin-1 again by hand',
    'The console would have recorded it as left behind',
  ])
})

test('a rebuild empties the server that was left behind and copies the writer, and touches no gate, epoch or role', () => {
  const script = scriptOf('reinstatement')
  expect(script).not.toMatch(/fence_gate|open_gate|pg_promote|UPDATE region_write_epoch/)
  inOrder(script, [
    'must say sin-2|8',
    'must say sin-1|extracted',
    'On the machine of sin-1',
    'cp "$PGDATA"/*.conf "$HOME/sin-1-settings/"',
    'find "$PGDATA" -mindepth 1 -delete',
    'PGAPPNAME=sin-1 pg_basebackup -d "$SIN_2_ADMIN_DSN" -D "$PGDATA" -R -X stream',
    "cluster_name = 'homeport/sin-1/ap-southeast-1'",
    'must name sin-1 with streaming',
  ])
})

test('what nobody decides on has no script', () => {
  expect(kindOf('return').byHand).toBeUndefined()
  expect(kindOf('drill-clone').byHand).toBeUndefined()
})
