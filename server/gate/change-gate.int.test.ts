import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { type GateStatus, openGate, readGate, setTenantGate } from './index'
import {
  createGatedDatabase,
  EPOCH,
  type GatedDatabase,
  LOCK_TIMEOUT_MS,
  outcomeFrom,
  REGION,
  REGION_EPOCH,
  SCOPE,
} from './testing'
import { fenceGate, freezeGate, thawGate } from './testing-commands'

let server: TestServer
let gated: GatedDatabase

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  gated = await createGatedDatabase(server)
})
afterEach(() => gated?.close())

const operation = () => ({ ...gated.opened, operationId: randomUUID() })

describe('each change may be repeated by its operation, and by no other', () => {
  test('open', async () => {
    await openGate(gated.admin, { ...gated.opened, region: REGION })
    expect(await outcomeFrom(openGate(gated.admin, { ...operation(), region: REGION }))).toBe('STALE_SCOPE_EPOCH')
  })

  test('freeze', async () => {
    const change = operation()
    await freezeGate(gated.admin, change)
    const { gate } = await readGate(gated.admin)
    await freezeGate(gated.admin, change)
    expect((await readGate(gated.admin)).gate).toEqual(gate)
    expect(await outcomeFrom(freezeGate(gated.admin, operation()))).toBe('STATUS_CONFLICT')
  })

  test('thaw', async () => {
    const change = operation()
    await freezeGate(gated.admin, change)
    expect(await outcomeFrom(thawGate(gated.admin, operation())), 'frozen by another').toBe('STATUS_CONFLICT')
    await thawGate(gated.admin, change)
    await thawGate(gated.admin, change)
    expect((await readGate(gated.admin)).gate).toMatchObject({ status: 'WRITABLE', epoch: EPOCH })
  })

  test('fence', async () => {
    const change = { ...operation(), epoch: EPOCH + 1 }
    await fenceGate(gated.admin, change)
    const { gate } = await readGate(gated.admin)
    await fenceGate(gated.admin, change)
    expect((await readGate(gated.admin)).gate).toEqual(gate)
    expect(await outcomeFrom(fenceGate(gated.admin, { ...operation(), epoch: EPOCH + 1 }))).toBe('STALE_SCOPE_EPOCH')
  })
})

test('an operation that went back never freezes again, however late its freeze arrives', async () => {
  const [thawed, early, other] = [operation(), operation(), operation()]
  await freezeGate(gated.admin, thawed)
  await thawGate(gated.admin, thawed)
  await thawGate(gated.admin, early) // its freeze is still on the way
  await freezeGate(gated.admin, other)
  await thawGate(gated.admin, other)
  for (const change of [thawed, early, other]) {
    expect(await outcomeFrom(freezeGate(gated.admin, change))).toBe('STATUS_CONFLICT')
  }
  expect((await readGate(gated.admin)).isAccepting).toBe(true)
})

test('a fence is for good: no thaw, and no opening here but at a higher epoch', async () => {
  const frozen = operation()
  await freezeGate(gated.admin, frozen)
  const fenced = { ...frozen, epoch: EPOCH + 1 }
  await fenceGate(gated.admin, fenced)
  expect(await outcomeFrom(thawGate(gated.admin, frozen))).toBe('STALE_SCOPE_EPOCH')
  expect(await outcomeFrom(thawGate(gated.admin, fenced))).toBe('STATUS_CONFLICT')
  expect(await outcomeFrom(freezeGate(gated.admin, fenced))).toBe('STATUS_CONFLICT')
  expect(
    await outcomeFrom(openGate(gated.admin, { ...fenced, region: REGION })),
    'by the operation that fenced it',
  ).toBe('STALE_SCOPE_EPOCH')
  await openGate(gated.admin, { ...fenced, epoch: EPOCH + 2, region: REGION })
  expect((await readGate(gated.admin)).gate).toMatchObject({ status: 'WRITABLE', epoch: EPOCH + 2 })
})

test('a gate opens only for the region of its own server', async () => {
  expect(await outcomeFrom(openGate(gated.admin, { ...operation(), epoch: EPOCH + 1, region: 'eu-central-1' }))).toBe(
    'WRONG_REGION',
  )
})

test('a database belongs to one scope', async () => {
  expect(
    await outcomeFrom(openGate(gated.admin, { ...operation(), scope: 'cell:fra', epoch: EPOCH + 1, region: REGION })),
  ).toBe('STATUS_CONFLICT')
  expect(await outcomeFrom(freezeGate(gated.admin, { ...operation(), scope: 'cell:fra' }))).toBe('STATUS_CONFLICT')
  expect(await outcomeFrom(gated.admin.query(`SELECT homeport.set_scope('cell:fra')`))).toBe('STATUS_CONFLICT')
})

test('not even by hand do epochs fall, fences lift, or gates vanish', async () => {
  const byHand = (sql: string) => outcomeFrom(gated.admin.query(sql))
  expect(await byHand(`UPDATE homeport.write_gate SET epoch = ${EPOCH - 1}`)).toBe('STALE_SCOPE_EPOCH')
  await fenceGate(gated.admin, { ...operation(), epoch: EPOCH + 1 })
  expect(await byHand(`UPDATE homeport.write_gate SET status = 'WRITABLE'`)).toBe('STATUS_CONFLICT')
  expect(await byHand('DELETE FROM homeport.write_gate')).toBe('STATUS_CONFLICT')
  expect(await byHand('TRUNCATE homeport.write_gate')).toBe('STATUS_CONFLICT')
  expect(await byHand('UPDATE homeport.tenant_gate SET region_epoch = 1')).toBe('STALE_REGION_EPOCH')
  expect(await byHand('DELETE FROM homeport.tenant_gate')).toBe('STATUS_CONFLICT')
  expect(await byHand('TRUNCATE homeport.tenant_gate')).toBe('STATUS_CONFLICT')
})

test('a tenant that has moved comes back only at a higher region epoch', async () => {
  const tenant = { tenantId: gated.tenantId, lockTimeoutMs: LOCK_TIMEOUT_MS }
  await setTenantGate(gated.admin, {
    ...tenant,
    regionEpoch: REGION_EPOCH + 1,
    status: 'MOVED',
    movedTo: 'eu-central-1',
  })
  expect(
    await outcomeFrom(setTenantGate(gated.admin, { ...tenant, regionEpoch: REGION_EPOCH, status: 'ACTIVE' })),
  ).toBe('STALE_REGION_EPOCH')
  expect(
    await outcomeFrom(setTenantGate(gated.admin, { ...tenant, regionEpoch: REGION_EPOCH + 1, status: 'ACTIVE' })),
  ).toBe('STALE_REGION_EPOCH')
  await setTenantGate(gated.admin, { ...tenant, regionEpoch: REGION_EPOCH + 2, status: 'ACTIVE' })
})

// Guarantee: the SQL is this machine, whatever the order of commands, and repeating a command that succeeded changes nothing.
test('any sequence of commands follows the machine', async () => {
  const command = fc.record({
    verb: fc.constantFrom('open', 'freeze', 'thaw', 'fence'),
    epochStep: fc.constantFrom(-1, 0, 0, 0, 0, 0, 1),
    operation: fc.nat({ max: 2 }),
    isRepeated: fc.boolean(),
  })
  const changes = { open: openGate, freeze: freezeGate, thaw: thawGate, fence: fenceGate }
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 30 }), async (commands) => {
      const operations = [randomUUID(), randomUUID(), randomUUID()]
      let model = await openAfresh()
      for (const { verb, epochStep, operation, isRepeated } of commands) {
        const operationId = operations[operation]!
        const epoch = model.epoch + epochStep // relative to where the machine is, or few commands would mean anything
        const change = { scope: SCOPE, epoch, operationId, lockTimeoutMs: LOCK_TIMEOUT_MS, region: REGION }
        const next = step(model, verb, epoch, operationId)
        for (let time = 0; time < (isRepeated ? 2 : 1); time += 1) {
          const expected = time === 0 ? next !== null : step(next ?? model, verb, epoch, operationId) !== null
          expect(
            (await outcomeFrom(changes[verb](gated.admin, change))) === 'done',
            `${verb} at ${epoch} of ${JSON.stringify(model)}`,
          ).toBe(expected)
        }
        model = next ?? model
        const { gate, isAccepting } = await readGate(gated.admin)
        expect(gate).toMatchObject({
          epoch: model.epoch,
          status: model.status,
          operationId: model.changedBy,
          openedBy: model.openedBy,
        })
        expect(isAccepting).toBe(model.status === 'WRITABLE')
      }
    }),
    { numRuns: 60 },
  )
})

async function openAfresh(): Promise<Model> {
  const operationId = randomUUID()
  const epoch = ((await readGate(gated.admin)).gate?.epoch ?? 0) + 1
  await openGate(gated.admin, { scope: SCOPE, epoch, operationId, lockTimeoutMs: LOCK_TIMEOUT_MS, region: REGION })
  return { epoch, status: 'WRITABLE', changedBy: operationId, openedBy: operationId, thawed: [] }
}

type Model = { epoch: number; status: GateStatus; changedBy: string; openedBy: string; thawed: readonly string[] }

/** The machine on one server: the state after the command, or null when it is refused. */
function step(
  now: Model,
  verb: 'open' | 'freeze' | 'thaw' | 'fence',
  epoch: number,
  operationId: string,
): Model | null {
  const isHere = epoch === now.epoch
  const isMine = operationId === now.changedBy
  switch (verb) {
    case 'open':
      if (epoch > now.epoch)
        return { epoch, status: 'WRITABLE', changedBy: operationId, openedBy: operationId, thawed: now.thawed }
      return isHere && now.status === 'WRITABLE' && operationId === now.openedBy ? now : null
    case 'freeze':
      if (!isHere || now.status === 'FENCED') return null
      if (now.status === 'FROZEN') return isMine ? now : null
      if (now.thawed.includes(operationId)) return null
      return { ...now, status: 'FROZEN', changedBy: operationId }
    case 'thaw':
      if (!isHere || now.status === 'FENCED' || (now.status === 'FROZEN' && !isMine)) return null
      return { ...now, status: 'WRITABLE', thawed: [...now.thawed, operationId] }
    case 'fence':
      if (epoch > now.epoch) return { ...now, epoch, status: 'FENCED', changedBy: operationId }
      return isHere && now.status === 'FENCED' && isMine ? now : null
  }
}
