'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { LiveEvent } from '@/model/schemas/session'
import { useTRPCClient } from '../trpc'
import { startCacheUpdates } from './cache-updates'
import { liveState, restorePause, setLiveState } from './live-state'

type TrpcClient = ReturnType<typeof useTRPCClient>
type BusMessage =
  | { kind: 'event'; event: LiveEvent }
  | { kind: 'connection'; connection: 'live' | 'lost' }
  | { kind: 'hello' }

/**
 * Keeps the query cache true to the server. HTTP/1.1 gives a browser six connections to a host, so six tabs with a stream
 * each would lock the seventh out: the tab that holds a Web Lock keeps the only stream and passes events to the others;
 * when it closes, the next one takes over. Mounted once, by the shell.
 */
export function useLive(): void {
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  useEffect(() => {
    restorePause()
    const stop = new AbortController()
    const cache = startCacheUpdates(queryClient, stop.signal)
    const bus = new BroadcastChannel('homeport.live')
    let isLeader = false
    const post = (message: BusMessage) => {
      if (!stop.signal.aborted) bus.postMessage(message)
    }
    // What was said between the rendering of the page, or the end of the last stream, and now was heard by nobody.
    const noteConnection = (connection: 'live' | 'lost') => {
      const { connection: before, isPaused } = liveState()
      setLiveState({ connection })
      if (connection === 'live' && before !== 'live' && !isPaused) cache.take({ topic: 'resync', ids: [] })
    }
    const onConnection = (connection: 'live' | 'lost') => {
      if (stop.signal.aborted) return
      noteConnection(connection)
      post({ kind: 'connection', connection })
    }
    bus.onmessage = ({ data: message }: MessageEvent<BusMessage>) => {
      if (message.kind === 'event') cache.take(message.event)
      if (message.kind === 'connection') noteConnection(message.connection)
      const { connection } = liveState()
      if (message.kind === 'hello' && isLeader && connection !== 'connecting') post({ kind: 'connection', connection })
    }
    post({ kind: 'hello' })
    const lead = () => {
      isLeader = true
      const onEvent = (event: LiveEvent) => {
        cache.take(event)
        post({ kind: 'event', event })
      }
      return follow(client, onEvent, onConnection, stop.signal)
    }
    // Without Web Locks (plain http on another address than localhost) every tab follows for itself.
    if ('locks' in navigator) navigator.locks.request('homeport.live', { signal: stop.signal }, lead).catch(() => {})
    else void lead()
    return () => {
      stop.abort()
      bus.close()
    }
  }, [client, queryClient])
}

/** Follows the stream until the signal; resolves when it has been let go. Reconnecting is the link's own work. */
function follow(
  client: TrpcClient,
  onEvent: (event: LiveEvent) => void,
  onConnection: (connection: 'live' | 'lost') => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((done) => {
    const subscription = client.live.follow.subscribe(undefined, {
      onConnectionStateChange: ({ state }) => {
        if (state === 'pending') onConnection('live')
        if (state === 'connecting' && liveState().connection === 'live') onConnection('lost')
      },
      onData: ({ data: event }) => onEvent(event),
      onError: () => onConnection('lost'),
      onStopped: done,
    })
    signal.addEventListener('abort', () => {
      subscription.unsubscribe()
      done()
    })
  })
}
