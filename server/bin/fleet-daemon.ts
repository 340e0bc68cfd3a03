// Hosts the embedded fleet: starts it, serves its control API, and stops it when told to or when its parent is gone.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { embeddedEstate, Fleet, FleetError, openControlApi } from '@/server/fleet'
import { log } from '@/server/log'

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string', default: '.homeport' },
    /** `none` is for benchmarks: the links add no delay of their own. */
    'link-delay': { type: 'string', default: 'reference' },
  },
})
const dataDir = resolve(values['data-dir'])
const linkDelay = values['link-delay'] === 'none' ? 'none' : 'reference'
const ending = new AbortController()

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort())
process.on('disconnect', () => ending.abort()) // a parent that was killed sends no signal

try {
  const startedAtMs = performance.now()
  const fleet = await Fleet.start({
    dataDir,
    estate: embeddedEstate,
    linkDelay,
    afterlife: 'stop',
    signal: ending.signal,
  })
  const api = await openControlApi(fleet)
  log.info({ dataDir, startMs: Math.round(performance.now() - startedAtMs) }, 'fleet is up')
  process.send?.({ ready: true, url: api.url })
  await untilAborted(ending.signal)
  await api.close()
  await fleet.stop()
  log.info('fleet is down')
  process.exit(0)
} catch (error) {
  if (ending.signal.aborted) process.exit(0)
  log.error({ error: error instanceof FleetError ? error.message : error }, 'fleet failed')
  if (error instanceof FleetError) process.send?.({ ready: false, message: error.message })
  process.exit(1)
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
