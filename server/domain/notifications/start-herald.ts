import { setTimeout as wait } from 'node:timers/promises'
import { type Db, isUnreachable } from '@/server/db'
import { log } from '@/server/log'
import { LOOK_EVERY_MS } from './limits'
import { remindRequests } from './remind-requests'
import { tellRestedOperations } from './tell-operations'

export type HeraldDeps = { db: Db; signal: AbortSignal; everyMs?: number }

/** Finds what became news by itself: operations that came to rest, windows that run out. Any number of workers may look. */
export function startHerald(deps: HeraldDeps): { done: Promise<void> } {
  return { done: run(deps) }
}

async function run({ db, signal, everyMs = LOOK_EVERY_MS }: HeraldDeps): Promise<void> {
  const told = { operations: new Set<string>(), reminders: new Set<string>() }
  while (!signal.aborted) {
    await look('operations', () => tellRestedOperations(db, told.operations))
    await look('reminders', () => remindRequests(db, told.reminders))
    await wait(everyMs, undefined, { signal }).catch(() => {})
  }
}

/** One that fails does not keep the other from looking; both look again. */
async function look(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isUnreachable(error)) log.error({ err: error, what }, 'News could not be looked for; trying again.')
  }
}
