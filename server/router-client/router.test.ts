import { describe, expect, test } from 'vitest'
import type { Route } from '@/model/schemas/estate'
import { createRouter, RouteRefused, RouteUnavailable } from './router'

const never = new AbortController().signal

function routeAt(epoch: number): Route {
  return {
    tenantId: '0190f000-0000-7000-8000-000000000001',
    homeRegion: 'ap-southeast-1',
    activeRegion: epoch === 1 ? 'ap-southeast-1' : 'ap-southeast-2',
    cell: 'sin',
    endpoint: { member: `sin-${epoch}`, host: '127.0.0.1', port: 5432, database: 'app' },
    scope: 'cell:sin',
    scopeEpoch: String(epoch),
    regionEpoch: '1',
    status: 'ACTIVE',
    policy: 'SG',
    asOf: '2026-11-20T03:00:00.000Z',
  }
}

/** A console whose answers the test decides, and a clock that only the test moves. */
function world() {
  const state = { epoch: 1, answers: true, asked: 0, nowMs: 0 }
  const router = createRouter({
    resolve: async () => {
      state.asked += 1
      if (!state.answers) throw new Error('The console is down.')
      return routeAt(state.epoch)
    },
    now: () => state.nowMs,
    freshMs: 1_000,
    graceMs: 10_000,
    deadlineMs: 2_000,
  })
  return { state, router }
}

describe('the router client', () => {
  test('asks once while a route is fresh, and again afterwards', async () => {
    const { state, router } = world()
    await router.resolve('t', never)
    await router.resolve('t', never)
    expect(state.asked).toBe(1)
    state.nowMs = 1_001
    await router.resolve('t', never)
    expect(state.asked).toBe(2)
  })

  test('shares one question among callers of one tenant', async () => {
    const { state, router } = world()
    await Promise.all(Array.from({ length: 50 }, () => router.resolve('t', never)))
    expect(state.asked).toBe(1)
  })

  test('sends a refused command again by the new route', async () => {
    const { state, router } = world()
    await router.resolve('t', never)
    state.epoch = 2
    const seen: string[] = []
    const member = await router.execute(
      't',
      async (route) => {
        seen.push(route.scopeEpoch)
        if (route.scopeEpoch === '1') throw new RouteRefused('REGION_READ_ONLY')
        return route.endpoint.member
      },
      never,
    )
    expect(member).toBe('sin-2')
    expect(seen).toEqual(['1', '2'])
  })

  test.each([
    ['a refusal that another route would not cure', new RouteRefused('STATUS_CONFLICT')],
    ['a failure, which may have happened', new Error('Connection terminated')],
  ])('does not repeat %s', async (_, failure) => {
    const { router } = world()
    let attempts = 0
    const command = async () => {
      attempts += 1
      throw failure
    }
    await expect(router.execute('t', command, never)).rejects.toBe(failure)
    expect(attempts).toBe(1)
  })

  test('gives up a refused command at its deadline', async () => {
    const { state, router } = world()
    const command = async () => {
      state.nowMs += 900
      throw new RouteRefused('REGION_READ_ONLY')
    }
    await expect(router.execute('t', command, never)).rejects.toMatchObject({ code: 'REGION_READ_ONLY' })
  })

  test('lives on cached routes while the console is down, and then refuses', async () => {
    const { state, router } = world()
    await router.resolve('t', never)
    state.answers = false
    state.nowMs = 9_000
    await expect(router.resolve('t', never)).resolves.toMatchObject({ scopeEpoch: '1' })
    state.nowMs = 10_001
    await expect(router.resolve('t', never)).rejects.toBeInstanceOf(RouteUnavailable)
  })

  test('asks again after a push that names the scope, and only then', async () => {
    const { state, router } = world()
    await router.resolve('t', never)
    router.invalidate(['cell:fra'])
    await router.resolve('t', never)
    expect(state.asked).toBe(1)
    router.invalidate(['cell:sin'])
    await router.resolve('t', never)
    expect(state.asked).toBe(2)
  })
})
