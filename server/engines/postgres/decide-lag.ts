import { sayAfterColon } from '@/model/probe-words'
import type { LagReading, MemberFacts, MemberReport } from '@/server/engines/contract'
import { lsnDistance } from './lsn'

/** An idle sender is asked for a sign of life at half of `wal_receiver_timeout`, 60 s by default: silence beyond is a cut. */
const RECEIVER_SILENCE_MS_MAX = 35_000
/** A sender with something to say says it at once: silence while its source moves on is a cut much sooner. */
const RECEIVER_SILENCE_WITH_NEWS_MS_MAX = 3_000
/** A segment of WAL: further behind than this, a standby is fetching history rather than following. */
const CATCHING_UP_BYTES_MIN = 16_777_216n

/**
 * The lag of a standby from two reports: what its source says of itself, and what the standby says of itself. Bytes come
 * from both positions, never from "received equals replayed", which is also true of a standby that nobody talks to: a
 * standby that is cut off has a lag above zero or none that is known.
 */
export function decideLag(source: MemberReport, standby: MemberReport): LagReading {
  if (!standby.reachable) return unknown(`The standby does not answer: ${sayAfterColon(standby.detail)}`)
  if (standby.role !== 'standby') return unknown(`${standby.serverName} is a primary and replays nothing.`)
  const origin = source.reachable && source.role === 'primary' ? source : null
  if (origin && origin.systemIdentifier !== standby.systemIdentifier) {
    return unknown(`${standby.serverName} belongs to another database family than ${origin.serverName}.`)
  }
  const heartbeatAgeMs = correctedHeartbeatAgeMs(origin, standby)
  const bytes = origin && bytesBehind(origin, standby)
  const cut = whyCutOff(standby, bytes)
  if (cut) {
    return { state: 'disconnected', bytes: bytes || null, heartbeatAgeMs, engineLagMs: null, says: cut }
  }
  if (!origin) {
    const says = 'The standby is streaming; its source was not seen, so the distance in bytes is not known.'
    return { state: 'streaming', bytes: null, heartbeatAgeMs, engineLagMs: null, says }
  }
  if (origin.timeline !== standby.timeline) {
    const says = `The standby stands on timeline ${standby.timeline}, its source on ${origin.timeline}.`
    return { ...unknown(says), heartbeatAgeMs }
  }
  return follows(origin, standby, heartbeatAgeMs)
}

function follows(source: MemberFacts, standby: MemberFacts, heartbeatAgeMs: number | null): LagReading {
  const bytes = bytesBehind(source, standby)
  const listed = source.standbys.find((candidate) => candidate.name === standby.serverName)
  const isCatchingUp =
    (listed !== undefined && listed.state !== 'streaming') || (bytes !== null && bytes > CATCHING_UP_BYTES_MIN)
  return {
    state: isCatchingUp ? 'catching-up' : 'streaming',
    bytes,
    heartbeatAgeMs,
    engineLagMs: listed?.replayLagMs ?? null, // null when idle: no measurement, which is not zero
    says: isCatchingUp ? 'The standby is catching up.' : 'The standby is streaming.',
  }
}

function whyCutOff(standby: MemberFacts, bytes: bigint | null): string | null {
  const { receiver } = standby
  if (receiver === null) return 'The standby has no receiver: nobody sends it anything.'
  if (receiver.status !== 'streaming') return `The standby’s receiver is ${receiver.status}.`
  if (receiver.lastMessageAgeMs === null) return 'The standby’s receiver has heard nothing yet.'
  const silenceMsMax = bytes ? RECEIVER_SILENCE_WITH_NEWS_MS_MAX : RECEIVER_SILENCE_MS_MAX
  if (receiver.lastMessageAgeMs <= silenceMsMax) return null
  return `The standby’s receiver has heard nothing for ${Math.round(receiver.lastMessageAgeMs / 1_000)} s.`
}

/** Never negative: the two reports are moments apart, and a standby asked later may be ahead of its source's report. */
function bytesBehind(source: MemberFacts, standby: MemberFacts): bigint | null {
  const distance = lsnDistance(source.lsn, standby.lsn)
  return distance !== null && distance < 0n ? 0n : distance
}

/** The heartbeat carries the source's clock and its age the standby's: the difference of the clocks is not lag. */
function correctedHeartbeatAgeMs(source: MemberFacts | null, standby: MemberFacts): number | null {
  if (standby.heartbeatAgeMs === null) return null
  const differenceMs = source ? standby.clockSkewMs - source.clockSkewMs : 0
  return Math.max(0, standby.heartbeatAgeMs - differenceMs)
}

function unknown(says: string): LagReading {
  return { state: 'unknown', bytes: null, heartbeatAgeMs: null, engineLagMs: null, says }
}
