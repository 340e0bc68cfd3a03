import { expect } from '@playwright/test'
import type { Api } from './api'
import { type Deciders, proveAgain, untilEnded } from './deciding'
import { createFleetCommands } from './fleet'
import { rebuildStale } from './scenes'
import type { RunningConsole } from './sign-in'
import { untilDone } from './until'

const READ_OUT_WITHIN_MS = 180_000

type Fleet = {
  members: { name: string; power: 'on' | 'off' | 'frozen' }[]
  links: { from: string; to: string; state: string; lagMs: number }[]
}

/**
 * What a story broke and could not mend because it failed on the way: links are healed, the frozen are thawed, and a writer that
 * is off runs again. A former writer stays as it is: it comes back through the console only. Says what cannot be mended.
 */
export async function healEstate({ dataDir }: RunningConsole, api: Api): Promise<void> {
  const fleet = createFleetCommands(dataDir)
  const read = async () => JSON.parse(await fleet('status', '--json')) as Fleet
  const tryTo = (...words: string[]) =>
    fleet(...words).catch((error: unknown) => console.error(`Not mended: ${words.join(' ')}`, error))

  const { members, links } = await read()
  for (const { from, to, state, lagMs } of links) if (state !== 'up' || lagMs > 0) await tryTo('heal', `${from}:${to}`)
  for (const { name, power } of members) if (power === 'frozen') await tryTo('start', name)
  const off = members.filter(({ power }) => power === 'off').map(({ name }) => name)
  if (off.length === 0) return
  const writers = (await api.cells.list.query()).map(({ activeMember }) => activeMember)
  for (const name of off) if (writers.includes(name)) await tryTo('start', name)
}

/**
 * The end of a story with a failover: its cell rests no longer, and where the story failed, what was left behind is brought back,
 * read out and rebuilt, as people would.
 */
export async function healLeftBehind(deciders: Deciders, cellId: string): Promise<void> {
  const operator = await deciders.apiOf('operator')
  await acknowledgeFailovers(operator, cellId)
  const open = await operator.staleServers.list.query({ status: 'open' })
  for (const { id, status } of open.filter((server) => server.cellId === cellId)) {
    await proveAgain(operator, await deciders.personOf('operator'))
    if (status === 'away') await operator.staleServers.bringBack.mutate({ id, reason: 'Mended after a browser test' })
    await untilDone(
      async () => expect((await operator.staleServers.get.query({ id })).status).toBe('extracted'),
      READ_OUT_WITHIN_MS,
    )
    await untilEnded(operator, await rebuildStale(deciders, cellId, id))
  }
}

/** A cell rests after a failover until somebody has looked at it: nothing else may be asked for it before. */
export async function acknowledgeFailovers(operator: Api, cellId: string): Promise<void> {
  const ended = await operator.operations.list.query({ status: 'ended' })
  for (const { id, kind, scope } of ended) {
    if (kind !== 'forced-failover' || scope !== `cell:${cellId}`) continue
    const { acknowledgement } = await operator.operations.get.query({ id })
    if (!acknowledgement) await operator.operations.acknowledge.mutate({ id, note: 'Looked at by a browser test' })
  }
}
