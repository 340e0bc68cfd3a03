'use client'
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import { type Freshness, freshnessOf } from '@/model/observations'
import type { Seen } from '@/model/schemas/common'

/**
 * The server's clock, ticking once a second in this tab. Ages are measured against it, because the viewer's own clock may
 * be minutes off, and never against the time of a fetch, because a cache may be old.
 */
let offsetMs = 0
let nowMs = 0
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function tick() {
  nowMs = Math.floor((Date.now() + offsetMs) / 1000) * 1000
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (listeners.size === 1) {
    nowMs = Math.floor((Date.now() + offsetMs) / 1000) * 1000
    timer = setInterval(tick, 1000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

/** Learns the offset from one answer: the server's instant lies in the middle between asking and hearing. */
export function learnServerClock(serverNowMs: number, askedAtMs: number, heardAtMs: number): void {
  offsetMs = serverNowMs - (askedAtMs + heardAtMs) / 2
  tick()
}

/** How far this browser's clock is from the server's, in ms; positive when the browser is behind. */
export function clockOffsetMs(): number {
  return offsetMs
}

/** The instant of the first paint, given by the server so that markup and hydration agree. */
export const RenderedAt = createContext(0)

/** The server's time in ms, rounded down to the second; the component renders again each second. */
export function useNow(): number {
  const renderedAtMs = useContext(RenderedAt)
  return useSyncExternalStore(
    subscribe,
    () => nowMs || renderedAtMs,
    () => renderedAtMs,
  )
}

/**
 * How often this tab is told about new samples. A value cannot be known to be younger than that, so it is the least
 * interval by which freshness is judged; the age beside it is exact.
 */
export const DELIVERY_INTERVAL_MS = 10_000

export type Age = { freshness: Freshness; ageMs: number | null; observedAtMs: number | null }

export function ageOf(seen: Pick<Seen, 'observedAt' | 'intervalMs'>, atMs: number): Age {
  const observedAt = seen.observedAt === null ? null : new Date(seen.observedAt)
  const observedAtMs = observedAt?.getTime() ?? null
  return {
    freshness: freshnessOf(observedAt, atMs, Math.max(seen.intervalMs, DELIVERY_INTERVAL_MS)),
    ageMs: observedAtMs === null ? null : Math.max(0, atMs - observedAtMs),
    observedAtMs,
  }
}

/** The freshness of one value now; renders again only when the answer changes, not each second. */
export function useFreshness(seen: Pick<Seen, 'observedAt' | 'intervalMs'>): Freshness {
  const renderedAtMs = useContext(RenderedAt)
  const read = useCallback((atMs: number) => ageOf(seen, atMs).freshness, [seen])
  return useSyncExternalStore(
    subscribe,
    () => read(nowMs || renderedAtMs),
    () => read(renderedAtMs),
  )
}

const never = () => () => {}

/** The viewer's time zone; UTC until the browser has been asked, so that markup and hydration agree. */
export function useTimeZone(): string {
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => 'UTC',
  )
}
