import { expect, test } from 'vitest'
import { type Ack, ledgerViolations } from './testing-writer'

const ack = (id: number, epoch: bigint, sentAtMs: number, member = 'cell-1'): Ack => ({
  id,
  epoch,
  member,
  sentAtMs,
  ackedAtMs: sentAtMs + 5,
})
const row = ({ id, epoch, member }: Ack) => ({ id, epoch, server: `homeport/${member}/eu-west-1` })

const old = [ack(1, 1n, 100), ack(2, 1n, 110)]
const next = [ack(3, 2n, 200, 'cell-2')]

test('a ledger whose epochs follow each other and whose rows are there breaks nothing', () => {
  expect(ledgerViolations([...old, ...next], [...old, ...next].map(row))).toEqual([])
})

test('a write that was acknowledged and is not there is lost', () => {
  expect(ledgerViolations([...old, ...next], [...old].map(row))).toEqual([
    expect.stringContaining('Lost 1 acknowledged'),
  ])
})

test('a write of the old epoch, sent after the new one had begun and acknowledged, is a second writer', () => {
  const late = ack(4, 1n, 206)
  const acks = [...old, ...next, late]
  expect(ledgerViolations(acks, acks.map(row))).toEqual([expect.stringContaining('1 writes of an old epoch')])
})

test('a write that lies under another server than the one that acknowledged it is told', () => {
  expect(
    ledgerViolations(
      old,
      old.map((each) => row({ ...each, member: 'cell-2' })),
    ),
  ).toHaveLength(1)
})
