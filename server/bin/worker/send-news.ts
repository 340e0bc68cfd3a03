import { invariant } from '@/model/invariant'
import { createDb } from '@/server/db'
import { resolveSecret } from '@/server/domain/estate'
import { startHerald, startSender } from '@/server/domain/notifications'
import type { Env } from '@/server/env'
import { createSender, type MailServer, parseMailServer } from '@/server/notify'

const CONNECTIONS_MAX = 4

/** Tells people: finds what became news by itself, and sends what is due. Connections of its own: a receiver that hangs holds none. */
export async function sendNews(settings: Env, signal: AbortSignal): Promise<void> {
  const db = createDb(settings.DATABASE_URL, { poolSize: CONNECTIONS_MAX })
  const herald = startHerald({ db, signal })
  const sender = startSender({
    db,
    send: createSender({ plainHosts: settings.HOMEPORT_NOTIFY_PLAIN_HOSTS, mail: mailServerOf(settings) }),
    readSecret: resolveSecret,
    environment: settings.HOMEPORT_ENVIRONMENT,
    consoleUrl: settings.HOMEPORT_URL,
    signal,
  })
  await Promise.all([herald.done, sender.done])
  await db.$disconnect()
}

function mailServerOf({ HOMEPORT_SMTP_URL: url, HOMEPORT_SMTP_FROM: from }: Env): MailServer | null {
  if (!url || !from) return null
  const server = parseMailServer(url, from)
  invariant(server, 'The environment was parsed with the same rule.')
  return server
}
