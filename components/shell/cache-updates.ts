import type { QueryClient } from '@tanstack/react-query'
import type { LiveEvent } from '@/model/schemas/session'
import { liveState, onLiveState, setLiveState } from './live-state'
import { isConcerned, type LiveTopic, paceOf } from './prepare-invalidation'

/** Events come in bursts: one refetch serves those that arrive together. */
const GATHER_MS = 100

/** Collects topics and fetches what they concern, at each topic's pace; while paused it only counts. */
export function startCacheUpdates(queryClient: QueryClient, signal: AbortSignal): { take: (event: LiveEvent) => void } {
  const waiting = new Set<LiveTopic>()
  const ranAtMs = new Map<LiveTopic, number>()
  let timer: { id: ReturnType<typeof setTimeout>; atMs: number } | undefined
  let wasPaused = liveState().isPaused

  const flush = () => {
    timer = undefined
    if (liveState().isPaused) return
    const nowMs = performance.now()
    const due = new Set([...waiting].filter((topic) => dueInMs(topic, nowMs) <= 0))
    for (const topic of due) {
      waiting.delete(topic)
      ranAtMs.set(topic, nowMs)
    }
    if (due.size > 0) void queryClient.invalidateQueries({ predicate: (query) => isConcerned(query.queryKey, due) })
    schedule()
  }
  const dueInMs = (topic: LiveTopic, nowMs: number) => {
    const lastMs = ranAtMs.get(topic)
    return lastMs === undefined ? 0 : lastMs + paceOf(topic) - nowMs
  }
  const schedule = () => {
    if (waiting.size === 0 || liveState().isPaused) return
    const nowMs = performance.now()
    const inMs = Math.max(GATHER_MS, Math.min(...[...waiting].map((topic) => dueInMs(topic, nowMs))))
    if (timer && timer.atMs <= nowMs + inMs) return // a flood of events must not put off what it announces
    clearTimeout(timer?.id)
    timer = { id: setTimeout(flush, inMs), atMs: nowMs + inMs }
  }
  const stopListening = onLiveState(() => {
    const { isPaused } = liveState()
    if (wasPaused && !isPaused) void queryClient.invalidateQueries()
    wasPaused = isPaused
    schedule()
  })
  signal.addEventListener('abort', () => {
    clearTimeout(timer?.id)
    stopListening()
  })
  return {
    take: (event) => {
      waiting.add(event.topic)
      if (liveState().isPaused && event.topic !== 'telemetry') setLiveState({ heldCount: liveState().heldCount + 1 })
      schedule()
    },
  }
}
