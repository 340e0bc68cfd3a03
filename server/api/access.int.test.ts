import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PrincipalRole, roles, rolesMay } from '@/model/permissions'
import { listProcedures, type ProcedureFacts } from './procedures'
import { callRest, callTrpc, startConsole, type TestConsole } from './testing'

let web: TestConsole
const headersOf = new Map<PrincipalRole | 'nobody', Record<string, string>>()
beforeAll(async () => {
  web = await startConsole()
  for (const role of roles) headersOf.set(role, { cookie: await web.signIn(role) })
  headersOf.set('service', { authorization: `Bearer ${web.routerToken}` })
  headersOf.set('nobody', {})
})
afterAll(() => web?.stop())

/** Well-formed input for everything, about things that do not exist: a call that is let in fails for that reason only. */
const hash = '0'.repeat(64)
const ref = () => ({ id: randomUUID(), reason: 'to see who may' })
const nobodysKey = { id: 'AA', rawId: 'AA', type: 'public-key' }
const clientDataJSON = Buffer.from('{"challenge":"AA"}').toString('base64url')
const inputs: Record<string, () => unknown> = {
  'session.stepUp': () => ({ code: '000000' }),
  'session.askProof': () => ({}),
  'session.proveByPasskey': () => ({
    response: { ...nobodysKey, response: { clientDataJSON, authenticatorData: 'AA', signature: 'AA' } },
  }),
  'session.addPasskey': () => ({
    name: 'Key',
    response: { ...nobodysKey, response: { clientDataJSON, attestationObject: 'AA' } },
  }),
  'session.removePasskey': () => ({ id: 'nobodys' }),
  'regions.get': () => ({ region: 'eu-west-9' }),
  'network.link': () => ({ from: 'eu-west-1', to: 'eu-west-9' }),
  'network.matrix': () => ({}),
  'replication.get': () => ({}),
  'routes.resolve': () => ({ tenantId: randomUUID() }),
  'switchovers.preview': () => ({ cellId: 'nowhere' }),
  'switchovers.request': () => ({
    cellId: 'nowhere',
    targetMember: 'nowhere-2',
    planHash: hash,
    typedRegion: 'eu-west-9',
    reason: 'to see who may',
    idempotencyKey: randomUUID(),
  }),
  'requests.list': () => ({}),
  'requests.get': () => ({ id: randomUUID() }),
  'requests.approve': () => ({ ...ref(), planHash: hash }),
  'requests.claim': () => ({ id: randomUUID() }),
  'requests.unclaim': () => ({ id: randomUUID() }),
  'requests.recheck': () => ({ id: randomUUID() }),
  'requests.reject': () => ({ ...ref(), planHash: hash }),
  'requests.withdraw': ref,
  'operations.list': () => ({}),
  'operations.get': () => ({ id: randomUUID() }),
  'operations.pause': ref,
  'operations.resume': ref,
  'operations.abort': ref,
  'operations.retry': ref,
  'breakGlass.list': () => ({}),
  'breakGlass.start': () => ({
    cellId: 'nowhere',
    targetMember: 'nowhere-2',
    planHash: hash,
    typedRegion: 'eu-west-9',
    reason: 'to see who may break the glass',
    idempotencyKey: randomUUID(),
  }),
  'breakGlass.review': () => ({ id: randomUUID(), review: 'to see who may review it' }),
  'holds.list': () => ({}),
  'holds.place': () => ({ kind: 'incident', level: 'cell', subject: 'nowhere', reason: 'to see who may' }),
  'holds.release': ref,
  'notifications.channels': () => ({}),
  'notifications.deliveries': () => ({}),
  'notifications.delivery': () => ({ id: randomUUID() }),
  'notifications.add': () => ({ name: randomUUID(), kind: 'webhook', target: 'nowhere', secretRef: null, topics: [] }),
  'notifications.change': () => ({ id: randomUUID(), name: randomUUID(), secretRef: null, topics: [] }),
  'notifications.disable': () => ({ id: randomUUID() }),
  'notifications.enable': () => ({ id: randomUUID() }),
  'notifications.test': () => ({ id: randomUUID() }),
  'notifications.resolve': () => ({ code: 'F-999999' }),
  'people.couldApprove': () => ({ kind: 'planned-switchover', cellId: 'nowhere' }),
  'audit.list': () => ({}),
  'audit.export': () => ({}),
  'traffic.report': () => ({ buckets: [], epochs: [] }),
}

const callers = [...roles, 'service', 'nobody'] as const
const cases = listProcedures().flatMap((procedure) => callers.map((caller) => ({ ...procedure, caller })))
const calls = cases.filter(({ type }) => type !== 'subscription')

/** 401 for nobody, 403 for the wrong role; whoever may gets anything else, and never "forbidden" or a fault of ours. */
function expectedOf({
  caller,
  permission,
}: {
  caller: (typeof callers)[number]
  permission: ProcedureFacts['permission']
}) {
  if (caller === 'nobody') return 'unauthorized'
  return rolesMay([caller], permission) ? 'allowed' : 'forbidden'
}

function judge(status: number): string {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  return status >= 500 ? `fault ${status}` : 'allowed'
}

describe('the table decides every call', () => {
  test.each(calls)('$path by $caller, over tRPC', async ({ path, type, caller, permission }) => {
    const answer = await callTrpc(web.process, {
      path,
      type: type === 'mutation' ? 'mutation' : 'query',
      input: inputs[path]?.(),
      headers: headersOf.get(caller)!,
    })
    expect(judge(answer.status), answer.error?.message).toBe(expectedOf({ caller, permission }))
  })

  test.each(calls)('$path by $caller, over REST', async ({ path, rest, caller, permission }) => {
    const input = (inputs[path]?.() ?? {}) as Record<string, unknown>
    const [method, template] = rest!.split(' ') as [string, string]
    const address = template.replace(/\{(\w+)\}/g, (_, name: string) => String(input[name]))
    const query = method === 'GET' ? `?${new URLSearchParams(input as Record<string, string>)}` : ''
    const answer = await callRest(web.process, `${method} ${address}${query}`, {
      headers: { ...headersOf.get(caller)!, origin: web.origin },
      ...(method === 'POST' ? { body: input } : {}),
    })
    expect(judge(answer.status), JSON.stringify(answer.body)).toBe(expectedOf({ caller, permission }))
  })
})

test('a denial is audited once a minute for one person and procedure, and says what is needed', async () => {
  const { db } = web.process
  const { id } = await db.person.findUniqueOrThrow({ where: { email: web.people.viewer.email } })
  const denials = () => db.globalAuditEvent.count({ where: { actionType: 'access.denied', actorId: id } })
  const call = () => callTrpc(web.process, { path: 'audit.chain', type: 'query', headers: headersOf.get('viewer')! })
  await call() // the matrix above may have taken longer than the minute
  const before = await denials()
  const answers = await Promise.all([call(), call(), call()])
  expect(answers[0]?.error).toMatchObject({
    code: 'FORBIDDEN',
    errorCode: 'forbidden',
    message: expect.stringContaining('compliance'),
  })
  expect(await denials()).toBe(before)
  await web.clock.ahead(61_000, call)
  expect(await denials()).toBe(before + 1)
})

test('a grant that is taken away stops the next call', async () => {
  const { db } = web.process
  const { id } = await db.person.findUniqueOrThrow({ where: { email: web.people.compliance.email } })
  const call = () =>
    callTrpc(web.process, { path: 'audit.chain', type: 'query', headers: headersOf.get('compliance')! })
  expect((await call()).status).toBe(200)
  await db.roleGrant.updateMany({ where: { personId: id }, data: { revokedAt: new Date() } })
  expect((await call()).status).toBe(403)
})
