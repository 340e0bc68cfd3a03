import { z } from 'zod'

const TIMEOUT_MS = 4_000
const NotReady = z.object({ catalogLostSince: z.iso.datetime().transform((text) => new Date(text)) })

/**
 * Since when the catalog does not answer this process, or null when it does or nobody can tell. Asked over the loopback:
 * Next bundles its proxy apart from the routes, and a second copy of the process's state in there would know nothing.
 */
export async function readOutage(): Promise<{ since: Date } | null> {
  const answer = await fetch(`http://${ownHost()}:${process.env.PORT ?? '3000'}/api/ready`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => null)
  if (answer?.status !== 503) {
    await answer?.body?.cancel()
    return null
  }
  const body = NotReady.safeParse(await answer.json().catch(() => null))
  return body.success ? { since: body.data.catalogLostSince } : null
}

/** Where this process listens, as Next's server reads it. */
function ownHost(): string {
  const host = process.env.HOSTNAME
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
