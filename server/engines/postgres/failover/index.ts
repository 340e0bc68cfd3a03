import type { FailoverOps } from '@/server/engines/contract'
import type { KeptSessions } from '../kept-sessions'
import { adoptClone } from './adopt-clone'
import { awaitReplay } from './await-replay'
import { drain, undrain } from './drain'
import { fence } from './fence'
import { freeze, thaw } from './freeze'
import { openGate, proveWritable } from './open-gate'
import { promote, promoteAndOpen } from './promote'
import { readTail } from './read-tail'
import { renewLease } from './renew-lease'
import { warmUp } from './warm-up'

/**
 * The steps of a failover. Each costs one round trip where it can (a fence two), because every one of them may lie inside
 * the write pause and be a quarter of a second away. Each is safe to repeat for one operation and epoch.
 */
export function failoverOps(sessions: KeptSessions): FailoverOps {
  return {
    warmUp: (targets, call) => warmUp(sessions, targets, call),
    freeze: (primary, stamp, call) => freeze(sessions, primary, stamp, call),
    thaw: (primary, stamp, call) => thaw(sessions, primary, stamp, call),
    fence: (primary, stamp, call) => fence(sessions, primary, stamp, call),
    awaitReplay: (standby, until, call) => awaitReplay(sessions, standby, until, call),
    promote: (standby, receipt, call) => promote(sessions, standby, receipt, call),
    promoteAndOpen: (standby, receipt, stamp, call) => promoteAndOpen(sessions, standby, receipt, stamp, call),
    openGate: (primary, stamp, call) => openGate(sessions, primary, stamp, call),
    renewLease: (primary, lease, call) => renewLease(sessions, primary, lease, call),
    drain: (standby, family, call) => drain(sessions, standby, family, call),
    undrain: (standby, call) => undrain(sessions, standby, call),
    readTail: (old, successor, divergence, call) => readTail(old, successor, divergence, call),
    adoptClone: (clone, order, call) => adoptClone(sessions, clone, order, call),
    proveWritable: (primary, stamp, call) => proveWritable(sessions, primary, stamp, call),
  }
}
