import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Route } from '@/model/schemas/estate'
import { CommandNotDone, createRouter, RouteRefused, RouteUnavailable } from './router'

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

  test('sends a command again that certainly did nothing, by the new route where there is one', async () => {
    const { state, router } = world()
    await router.resolve('t', never)
    state.epoch = 2
    const command = async (route: Route) => {
      if (route.scopeEpoch === '1') throw new CommandNotDone('No connection was had.')
      return route.endpoint.member
    }
    expect(await router.execute('t', command, never)).toBe('sin-2')
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

/** No timer fires here, so whatever comes to its end did so without waiting for one. */
describe('the router client does not sit out a pause', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('when a cell says that the route is old', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { state, router } = world()
    await router.resolve('t', never)
    state.epoch = 2
    const member = await router.execute('t', refusedAtEpoch('1', 'WRONG_REGION'), never)
    expect(member).toBe('sin-2')
  })

  test('when it is told of a newer route while a command is held', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { state, router } = world()
    const running = router.execute('t', refusedAtEpoch('1', 'REGION_READ_ONLY'), never)
    await untilHeld()
    state.epoch = 2
    router.invalidate(['cell:sin'])
    await expect(running).resolves.toBe('sin-2')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('when it is told that the cell it waits at has opened', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { router } = world()
    let isOpen = false
    const command = async (route: Route) => {
      if (!isOpen) throw new RouteRefused('REGION_READ_ONLY')
      return route.endpoint.member
    }
    const running = router.execute('t', command, never)
    await untilHeld()
    isOpen = true
    router.invalidate(['cell:sin'])
    await expect(running).resolves.toBe('sin-1')
  })

  test('when it has asked since it was told to move, and is told again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { state, router } = world()
    let isOpen = false
    const command = async (route: Route) => {
      if (route.scopeEpoch === '1' || !isOpen) throw new RouteRefused('REGION_READ_ONLY')
      return route.endpoint.member
    }
    const running = router.execute('t', command, never)
    await untilHeld()
    state.epoch = 2
    router.invalidate(['cell:sin'])
    await untilHeld()
    isOpen = true
    state.answers = false // an answer would come too late
    router.invalidate(['cell:sin'])
    await expect(running).resolves.toBe('sin-2')
    expect(state.asked).toBe(2)
  })

  test('when the word came while the command was under way', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { state, router } = world()
    const command = async (route: Route) => {
      if (route.scopeEpoch === '2') return route.endpoint.member
      state.epoch = 2
      router.invalidate(['cell:sin'])
      throw new RouteRefused('REGION_READ_ONLY')
    }
    await expect(router.execute('t', command, never)).resolves.toBe('sin-2')
  })

  test('and sits it out when it is told of another cell', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { router } = world()
    let attempts = 0
    const command = async () => {
      attempts += 1
      throw new RouteRefused('REGION_READ_ONLY')
    }
    const end = new AbortController()
    const running = router.execute('t', command, end.signal)
    await untilHeld()
    router.invalidate(['cell:fra'])
    await untilHeld()
    end.abort(new Error('Enough.'))
    await expect(running).rejects.toThrow('Enough.')
    expect({ attempts, timers: vi.getTimerCount() }).toEqual({ attempts: 1, timers: 0 })
  })
})

/** Everything that can run without a timer has run, and one command waits for its own. */
async function untilHeld(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  expect(vi.getTimerCount()).toBe(1)
}

function refusedAtEpoch(epoch: string, code: 'WRONG_REGION' | 'REGION_READ_ONLY') {
  return async (route: Route) => {
    if (route.scopeEpoch === epoch) throw new RouteRefused(code)
    return route.endpoint.member
  }
}
