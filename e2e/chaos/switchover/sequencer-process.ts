import { createDb } from '@/server/db'
import { runSequencer } from '@/server/domain/audit'
import { readSequencerSettings } from './spawn-sequencer'

/** The part of a worker that numbers the audit trail, in a process of its own, to be killed in the middle of it. */
const POOL_SIZE = 2
const { catalogUrl, holder } = readSequencerSettings()
const db = createDb(catalogUrl, { poolSize: POOL_SIZE })
await db.$queryRaw`SELECT 1`
process.stdout.write('working\n')
await runSequencer(db, { holder, signal: new AbortController().signal })
