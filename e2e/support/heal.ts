import type { Api } from './api'
import { createFleetCommands } from './fleet'
import type { RunningConsole } from './sign-in'

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
