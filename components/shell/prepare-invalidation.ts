import type { LiveEvent } from '@/model/schemas/session'

/** Which procedures a topic makes old. Pure data: the live stream carries names of what changed, never values. */
export type LiveTopic = LiveEvent['topic']

const everything = 'everything'

const concerned = {
  estate: ['overview', 'regions', 'cells', 'network', 'replication', 'status'],
  routes: ['overview', 'regions', 'cells', 'routes', 'operations'],
  operations: [
    'operations',
    'overview',
    'cells',
    'switchovers',
    'holds',
    'breakGlass',
    'staleServers',
    'conflicts',
    'alerts',
    'drills',
  ],
  approvals: ['requests', 'session', 'breakGlass'],
  telemetry: ['overview', 'regions', 'cells', 'network', 'replication', 'status', 'readiness'],
  audit: ['audit', 'overview'],
  resync: everything,
} as const satisfies Record<LiveTopic, readonly string[] | typeof everything>

/** Samples come every few seconds and are only averages moving: they are fetched at the pace of the delivery interval. */
const paceMs = {
  estate: 250,
  routes: 250,
  operations: 250,
  approvals: 250,
  telemetry: 10_000,
  audit: 2_000,
  resync: 0,
} as const satisfies Record<LiveTopic, number>

export function paceOf(topic: LiveTopic): number {
  return paceMs[topic]
}

/** True when a query with this tRPC key (`[['overview', 'get'], …]`) must be fetched again after events of these topics. */
export function isConcerned(queryKey: readonly unknown[], topics: ReadonlySet<LiveTopic>): boolean {
  const path = queryKey[0]
  const router = Array.isArray(path) ? path[0] : undefined
  if (typeof router !== 'string') return false
  for (const topic of topics) {
    const routers: readonly string[] | typeof everything = concerned[topic]
    if (routers === everything || routers.includes(router)) return true
  }
  return false
}
