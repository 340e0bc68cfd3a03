import { joinSignals } from '@/model/join-signals'
import { Route } from '@/model/schemas/estate'
import type { TrafficReport } from '@/model/schemas/traffic'

/** Where the console is and the service token that lets an application ask for routes. */
export type ConsoleConnection = { url: string; token: string; fromRegion?: string }

export type ConsoleClient = {
  resolve(tenantId: string, signal: AbortSignal): Promise<Route>
  report(report: TrafficReport, signal: AbortSignal): Promise<void>
}

export const CALL_TIMEOUT_MS = 3_000

/** Throws on anything but a well-formed answer; the router decides what to do without one. */
export function createConsoleClient({ url, token, fromRegion }: ConsoleConnection): ConsoleClient {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const call = async (path: string, init: RequestInit, signal: AbortSignal): Promise<string> => {
    const limit = joinSignals(signal, AbortSignal.timeout(CALL_TIMEOUT_MS))
    try {
      const response = await fetch(new URL(path, url), { ...init, headers, signal: limit.signal })
      const body = await response.text()
      if (response.ok) return body
      throw new Error(`The console answered ${response.status} to ${path.split('?')[0]}.`)
    } finally {
      limit.release()
    }
  }
  return {
    async resolve(tenantId, signal) {
      const query = new URLSearchParams({ tenantId, ...(fromRegion ? { from: fromRegion } : {}) })
      return Route.parse(JSON.parse(await call(`/api/v1/route?${query}`, { method: 'GET' }, signal)))
    },
    async report(report, signal) {
      await call('/api/v1/traffic', { method: 'POST', body: JSON.stringify(report) }, signal)
    },
  }
}
