import pg from 'pg'

/** Connects, runs, and disconnects; `timeoutMs` bounds the connecting and each query. Nobody holds a connection for long. */
export async function withServer<T>(
  dsn: string,
  timeoutMs: number,
  ask: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: dsn,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'homeport-fleet',
  })
  client.on('error', () => {}) // a server killed under us is reported by the call that fails
  try {
    await client.connect()
    return await ask(client)
  } finally {
    await client.end().catch(() => {})
  }
}
