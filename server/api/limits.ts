/** Limits on what a request may carry, kept before anything parses it. */
export const BODY_BYTES_MAX = 256 * 1024
export const BATCH_MAX = 20
export const URL_CHARS_MAX = 16 * 1024
const INPUT_DEPTH_MAX = 20

/** True if any string or key in `value` holds a NUL, or if it is nested deeper than any input of ours. */
export function findNul(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (typeof value !== 'object' || value === null) return false
  if (depth >= INPUT_DEPTH_MAX) return true
  return Object.entries(value).some(([key, held]) => key.includes('\0') || findNul(held, depth + 1))
}

/** The request with its body in memory, or null when the body is larger than the limit. Stops reading at the limit. */
export async function withBoundedBody(request: Request): Promise<Request | null> {
  if (!request.body) return request
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) return null
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of request.body) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > BODY_BYTES_MAX) return null
    chunks.push(chunk)
  }
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: Buffer.concat(chunks),
    signal: request.signal,
  })
}
