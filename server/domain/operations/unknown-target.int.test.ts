import { afterAll, beforeAll, expect, test } from 'vitest'
import { DomainError } from '@/model/errors'
import type { Ctx } from '@/server/context'
import { previewFailover, previewSwitchover, previewSwitchoverDrill, startCloneDrill } from './index'
import { type CalmCatalog, startCalmCatalog } from './testing-catalog'

let calm: CalmCatalog
beforeAll(async () => {
  calm = await startCalmCatalog()
  await calm.observe()
})
afterAll(() => calm?.stop())

type Order = { cellId: string; targetMember: string }
const forced = { overrides: [], isBreakGlass: false, isDeclared: false }
const dryRuns: [string, (ctx: Ctx, order: Order) => Promise<unknown>][] = [
  ['a switchover', previewSwitchover],
  ['a forced failover', (ctx, order) => previewFailover(ctx, { ...order, ...forced })],
  ['a drill on the live cell', previewSwitchoverDrill],
  ['a drill on a clone', startCloneDrill],
]

test.each(dryRuns)('%s refuses a target that the cell does not have, in words about that name', async (_, dryRun) => {
  const refused = async (order: Order) => {
    const error = await dryRun(calm.ctxOf(calm.people.operator), order).then(
      () => null,
      (cause: unknown) => cause,
    )
    return error instanceof DomainError ? [error.code, error.says] : error
  }
  expect(await refused({ cellId: 'sin', targetMember: 'nonsense' })).toEqual([
    'not-found',
    'sin has no member nonsense.',
  ])
  expect(await refused({ cellId: 'sin', targetMember: 'sin-1' })).toEqual([
    'invalid-input',
    'sin-1 is the writer of sin: name one of its standbys, or none.',
  ])
  expect(await refused({ cellId: 'nope', targetMember: 'sin-2' })).toEqual(['not-found', 'There is no cell nope.'])
  expect(await calm.db.operationPlan.count()).toBe(0)
})
