import { createDb, type Db } from '@/server/db'
import type { Connection } from '../fault-matrix'

const POOL_SIZE = 3

/** A worker's own pool on the catalog, by whose name its connections can be told from the others' and cut. */
export function connectAs(catalogUrl: string, admin: Db, name: string): Connection {
  const url = new URL(catalogUrl)
  url.searchParams.set('application_name', name)
  const db = createDb(url.toString(), { poolSize: POOL_SIZE })
  return {
    db,
    close: () => db.$disconnect(),
    cut: async () => {
      await admin.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ${name}`
    },
  }
}
