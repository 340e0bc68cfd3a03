import path from 'node:path'
import { env } from '@/server/env'
import { connectFleet } from '@/server/fleet'
import { catalogMember } from '../start/embedded-spec'
import { readSecrets } from '../start/secrets'

export type Catalog = { url: string; authSecret: string; servedFrom: string }

const STATUS_TIMEOUT_MS = 5_000
const DATA_DIR_DEFAULT = '.homeport'

/** Whose people: those of the catalog that the environment names, or of the estate that runs on a data directory. */
export async function findCatalog(dataDir: string | null): Promise<Catalog> {
  if (process.env.DATABASE_URL && dataDir === null) {
    const settings = env()
    return {
      url: settings.DATABASE_URL,
      authSecret: settings.HOMEPORT_AUTH_SECRET,
      servedFrom: settings.HOMEPORT_SERVED_FROM,
    }
  }
  const place = path.resolve(dataDir ?? DATA_DIR_DEFAULT)
  const fleet = await connectFleet(place)
  const catalog = catalogMember(await fleet.status({ timeoutMs: STATUS_TIMEOUT_MS }))
  const secrets = await readSecrets(place)
  if (!secrets) throw new Error(`The estate on ${place} is still being started. Try again.`)
  return { url: catalog.adminDsn, authSecret: secrets.authSecret, servedFrom: catalog.region }
}
