/**
 * The origins that the console answers to. On the embedded default people type either name of the loopback, so the twin
 * of the configured one is accepted too; on a real estate only the configured origin is.
 */
export function publicOrigins(settings: { HOMEPORT_URL: string; HOMEPORT_DATA_DIR?: string | undefined }): string[] {
  const url = new URL(settings.HOMEPORT_URL)
  const twin = loopbackTwin.get(url.hostname)
  if (!twin || !settings.HOMEPORT_DATA_DIR) return [url.origin]
  const other = new URL(url)
  other.hostname = twin
  return [url.origin, other.origin]
}

const loopbackTwin = new Map([
  ['localhost', '127.0.0.1'],
  ['127.0.0.1', 'localhost'],
])
