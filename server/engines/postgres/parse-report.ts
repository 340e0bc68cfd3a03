import { z } from 'zod'
import { readable } from '@/model/readable'
import type { GateFacts, MemberFacts } from '@/server/engines/contract'

const ITEMS_MAX = 100
const Name = z.string().max(1_000).transform(readable)
const Lsn = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/)
const Milliseconds = z.number()
/** What a Date can hold. */
const InstantMs = z.number().min(-8.64e15).max(8.64e15)
const SERVER_NAME = /^homeport\/([^/]+)\/([^/]+)$/

/** What observe-sql.ts builds. Parsed, because whoever answers on a member's port is not trusted to be that member. */
const Report = z.object({
  isStandby: z.boolean(),
  systemIdentifier: z.string().regex(/^\d{1,20}$/),
  timeline: z.number().int().nonnegative(),
  lsn: Lsn,
  receivedLsn: Lsn.nullable(),
  receiver: z
    .object({ status: Name, upstreamPort: z.number().int().nullable(), lastMessageAgeMs: Milliseconds.nullable() })
    .nullable(),
  standbys: z
    .array(
      z.object({
        name: Name,
        state: Name,
        replayLsn: Lsn.nullable(),
        replayLagMs: Milliseconds.nullable(),
        sync: Name,
      }),
    )
    .max(ITEMS_MAX),
  preparedTransactions: z.array(Name).max(ITEMS_MAX),
  gate: z
    .object({
      scope: Name,
      region: Name,
      server: Name.nullable(),
      epoch: z.string().regex(/^\d{1,19}$/),
      status: z.enum(['WRITABLE', 'FROZEN', 'FENCED']),
      operationId: Name.nullable(),
      leaseUntilMs: InstantMs.nullable(),
    })
    .nullable(),
  heartbeatAgeMs: Milliseconds.nullable(),
  heartbeatAtMs: Milliseconds.nullable(),
  unprotected: z.array(Name).max(ITEMS_MAX),
  settings: z.object({
    fsync: z.string().max(10),
    fullPageWrites: z.string().max(10),
    synchronousCommit: z.string().max(20),
    synchronousStandbyNames: Name,
    overrides: z.array(z.object({ of: Name, value: z.string().max(20) })).max(ITEMS_MAX),
  }),
  serverVersion: Name,
  serverName: Name,
  sizeBytes: z.string().regex(/^\d{1,19}$/),
  nowMs: z.number(),
})
type Report = z.infer<typeof Report>

/**
 * The facts in a report, or null when it is not one. `askedAtMs` is our wall clock when the question left, `tookMs` the
 * round trip: half of it is taken as the way there.
 */
export function parseReport(text: string, asked: { askedAtMs: number; tookMs: number }): MemberFacts | null {
  const parsed = Report.safeParse(parseJson(text))
  if (!parsed.success) return null
  const report = parsed.data
  const { isStandby, settings, gate, heartbeatAtMs, nowMs, sizeBytes, serverName, ...same } = report
  const [, name, region] = SERVER_NAME.exec(serverName) ?? []
  return {
    ...same,
    role: isStandby ? 'standby' : 'primary',
    receiver: isStandby ? report.receiver : null,
    gate: gate && gateFacts(gate),
    heartbeatAt: heartbeatAtMs === null ? null : new Date(heartbeatAtMs),
    warnings: warningsOf(settings),
    serverName: name ?? serverName,
    serverRegion: region ?? null,
    clockSkewMs: nowMs - (asked.askedAtMs + asked.tookMs / 2),
    sizeBytes: BigInt(sizeBytes),
  }
}

function gateFacts({ leaseUntilMs, ...gate }: NonNullable<Report['gate']>): GateFacts {
  const [, server] = SERVER_NAME.exec(gate.server ?? '') ?? []
  const leaseUntil = leaseUntilMs === null ? null : new Date(leaseUntilMs)
  return { ...gate, server: server ?? gate.server, epoch: BigInt(gate.epoch), leaseUntil }
}

/** Settings under which an acknowledged write can be lost, as sentences. */
function warningsOf(settings: Report['settings']): string[] {
  const warnings: string[] = []
  if (settings.fsync !== 'on')
    warnings.push('fsync is off: a crash of the host can lose or corrupt acknowledged writes.')
  if (settings.fullPageWrites !== 'on')
    warnings.push('full_page_writes is off: a crash in mid-write can corrupt pages.')
  const places = [{ of: 'the server', value: settings.synchronousCommit }, ...settings.overrides]
  for (const { of, value } of places) {
    if (value === 'off')
      warnings.push(`synchronous_commit is off for ${of}: writes are acknowledged before they are safe.`)
    // With no synchronous standby named, "local" is what every commit does anyway.
    if (value === 'local' && settings.synchronousStandbyNames !== '') {
      warnings.push(`synchronous_commit is local for ${of}: writes are acknowledged before any standby has them.`)
    }
  }
  return warnings
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
