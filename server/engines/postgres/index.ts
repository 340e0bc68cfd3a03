import type { EngineAdapter } from '@/server/engines/contract'
import { decideLag } from './decide-lag'
import { failoverOps } from './failover'
import { KeptSessions } from './kept-sessions'
import { observe } from './observe'
import { probe } from './probe'
import { readSettings } from './read-settings'

/**
 * PostgreSQL 15 to 18 with streaming replication and the gate package.
 *
 * Invariants: a call ends by its deadline, whatever the server does; a refusal is recognised by its SQLSTATE, never by its
 * words; an effect is sent at most once, and what is not certainly undone is unknown; a server that is not the member it
 * should be is never asked anything; looking never takes a connection from acting.
 *
 * It knows neither the catalog nor an operation's journal: who may act, and in which order, is decided by its callers.
 */
export function createPostgresAdapter(): EngineAdapter {
  const sessions = new KeptSessions()
  return {
    kind: 'postgres',
    probe: (target, kind, command, call) => probe(sessions, target, kind, command, call),
    observe: (target, scope, call) => observe(sessions, target, scope, call),
    settings: (target, call) => readSettings(sessions, target, call),
    decideLag,
    failover: { supported: true, ...failoverOps(sessions) },
    close: () => sessions.close(),
  }
}
