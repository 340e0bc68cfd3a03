import type { EngineAdapter } from './contract'
import { createPostgresAdapter } from './postgres'

/** Adapters by the kind of engine that an estate names. */
export type Engines = {
  /** Never throws: an engine that is not known can do nothing, and says so. */
  for(kind: string): EngineAdapter
  close(): Promise<void>
}

export function createEngines(): Engines {
  const adapters = new Map<string, EngineAdapter>([['postgres', createPostgresAdapter()]])
  return {
    for: (kind) => adapters.get(kind) ?? unknownEngine(kind, [...adapters.keys()]),
    close: async () => {
      await Promise.all([...adapters.values()].map((adapter) => adapter.close()))
    },
  }
}

function unknownEngine(kind: string, known: readonly string[]): EngineAdapter {
  const reason = `Homeport has no adapter for the engine "${kind}". It knows: ${known.join(', ')}.`
  return {
    kind,
    probe: async () => ({ outcome: 'error', detail: reason, reach: null }),
    observe: async () => ({ reachable: false, detail: reason }),
    settings: async () => ({ reachable: false, detail: reason }),
    decideLag: () => ({ state: 'unknown', bytes: null, heartbeatAgeMs: null, engineLagMs: null, says: reason }),
    failover: { supported: false, reason },
    close: async () => {},
  }
}
