import { env } from '@/server/env'
import { sendNews } from '../send-news'

/** The telling half of the worker in a process of its own, to be killed by signals. SIGTERM stops it in order. */
const end = new AbortController()
process.once('SIGTERM', () => end.abort())
const done = sendNews(env(), end.signal)
process.stdout.write('sending\n')
await done
