import { Route } from '@/model/schemas/estate'
import type { TrafficReport } from '@/model/schemas/traffic'

/** Where the console is and the service token that lets an application ask for routes. */
export type ConsoleConnection = { url: string; token: string; fromRegion?: string }

export type ConsoleClient = {
  resolve(tenantId: string, signal: AbortSignal): Promise<Route>
  report(report: TrafficReport, signal: AbortSignal): Promise<void>
}

const CALL_TIMEOUT_MS = 3_000

/** Throws on anything but a well-formed answer; the router decides what to do without one. */
export function createConsoleClient({ url, token, fromRegion }: ConsoleConnection): ConsoleClient {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const call = async (path: string, init: RequestInit, signal: AbortSignal): Promise<Response> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)])
    const response = await fetch(new URL(path, url), { ...init, headers, signal: limit })
    if (!response.ok) {
      await response.body?.cancel()
      throw new Error(`The console answered ${response.status} to ${path.split('?')[0]}.`)
    }
    return response
  }
  return {
    async resolve(tenantId, signal) {
      const query = new URLSearchParams({ tenantId, ...(fromRegion ? { from: fromRegion } : {}) })
      const response = await call(`/api/v1/route?${query}`, { method: 'GET' }, signal)
      return Route.parse(await response.json())
    },
    async report(report, signal) {
      const response = await call('/api/v1/traffic', { method: 'POST', body: JSON.stringify(report) }, signal)
      await response.body?.cancel()
    },
  }
}
