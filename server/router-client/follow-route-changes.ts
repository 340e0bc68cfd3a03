import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { joinSignals } from '@/model/join-signals'
import type { ConsoleConnection } from './console-client'

const RECONNECT_MS = 1_000
/** From the question on: a console that takes it and never answers is as silent as one that stops. */
export const SILENCE_MAX_MS = 30_000
const LINE_BYTES_MAX = 64 * 1024

const Change = z.object({ scopes: z.array(z.string()) })

/**
 * Listens for route changes until `signal` aborts. `onChange` gets the scopes that changed; an empty list means "any",
 * which is also what a reconnect reports, because a change may have been missed meanwhile.
 */
export async function followRouteChanges(
  { url, token }: ConsoleConnection,
  onChange: (scopes: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await listenOnce(new URL('/api/v1/route/changes', url), token, onChange, signal).catch(() => undefined)
    if (signal.aborted) return
    onChange([])
    await wait(RECONNECT_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined)
  }
}

async function listenOnce(
  url: URL,
  token: string,
  onChange: (scopes: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const silence = new AbortController()
  const stop = joinSignals(signal, silence.signal)
  let timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS)
  let buffered = ''
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      signal: stop.signal,
    })
    if (!response.ok || !response.body) throw new Error(`The console answered ${response.status}.`)
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS)
      buffered += chunk
      if (buffered.length > LINE_BYTES_MAX) throw new Error('The console sent a line without an end.')
      const lines = buffered.split('\n')
      buffered = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('data:')) onChange(scopesOf(line.slice('data:'.length)))
    }
  } finally {
    clearTimeout(timer)
    stop.release()
  }
}

function scopesOf(data: string): readonly string[] {
  try {
    return Change.parse(JSON.parse(data)).scopes
  } catch {
    return [] // not understood: assume that anything may have changed
  }
}
