'use client'
import { useSyncExternalStore } from 'react'

/**
 * What this tab knows about live updates, outside React so that the query cache can ask it too.
 * `lost` is not an error of any panel: slow refetching goes on, and the header says so.
 */
export type LiveState = {
  connection: 'connecting' | 'live' | 'lost'
  /** The newest answer said that the catalog cannot be reached: a stream that stands then brings nothing. */
  isCatalogLost: boolean
  isPaused: boolean
  /** Changes that came in while paused. */
  heldCount: number
}

let state: LiveState = { connection: 'connecting', isCatalogLost: false, isPaused: false, heldCount: 0 }
const initial = state
const listeners = new Set<() => void>()

export function liveState(): LiveState {
  return state
}

export function setLiveState(change: Partial<LiveState>): void {
  const next = { ...state, ...change }
  if (Object.keys(change).every((key) => next[key as keyof LiveState] === state[key as keyof LiveState])) return
  state = next
  for (const listener of listeners) listener()
}

export function onLiveState(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    onLiveState,
    () => state,
    () => initial,
  )
}

/** What the header may say: live only while the stream stands and calls are answered. */
export function connectionOf({ connection, isCatalogLost }: LiveState): LiveState['connection'] {
  return isCatalogLost ? 'lost' : connection
}

/** Every query's end is told here: null for an answer, else its error. Only an outage changes anything. */
export function noteAnswer(error: unknown): void {
  const status = error === null ? null : (error as { data?: { httpStatus?: unknown } | null }).data?.httpStatus
  if (error === null || status === UNAVAILABLE) setLiveState({ isCatalogLost: status === UNAVAILABLE })
}

const UNAVAILABLE = 503
const PAUSED_KEY = 'homeport.paused'

/** The pause survives navigation and reload in this tab, and no other tab. */
export function restorePause(): void {
  if (sessionStorage.getItem(PAUSED_KEY)) setLiveState({ isPaused: true })
}

export function setPaused(isPaused: boolean): void {
  if (isPaused) sessionStorage.setItem(PAUSED_KEY, '1')
  else sessionStorage.removeItem(PAUSED_KEY)
  setLiveState({ isPaused, heldCount: 0 })
}
