import { v7 as uuidv7 } from 'uuid'
import type { Auth, DenialRecorder } from '@/server/auth'
import { principalFrom } from '@/server/auth'
import type { Ctx } from '@/server/context'
import type { LiveFeed } from '@/server/domain/live'
import { thisProcess, type WebProcess } from '@/server/process'
import { contextFailed } from './errors'

/** What a verb is given, and what the transport needs beside it. */
export type ApiCtx = Ctx & {
  auth: Auth
  live: LiveFeed
  recordDenial: DenialRecorder
  environment: WebProcess['environment']
  build: WebProcess['build']
  /** For streams, which outlive the moment at which they were let in: false once the session or its person is gone. */
  isStillSignedIn(): Promise<boolean>
}

/** A context for one request. Roles are read from the catalog each time: a revoked grant or a disabled person counts at once. */
export async function createContext(
  headers: Headers,
  { process = thisProcess(), requestId = newRequestId() }: { process?: WebProcess; requestId?: string } = {},
): Promise<ApiCtx> {
  const { db, clock, auth, live, recordDenial, servedFrom, environment, build } = process
  const principal = await principalFrom(headers, process).catch((error: unknown) => {
    throw contextFailed(requestId, error)
  })
  const isStillSignedIn = async () => (await principalFrom(headers, process)) !== null
  return { db, clock, auth, live, recordDenial, servedFrom, environment, build, principal, requestId, isStillSignedIn }
}

/** Ours, never the caller's: it goes into logs and into the audit trail as the correlation. */
export function newRequestId(): string {
  return uuidv7()
}
