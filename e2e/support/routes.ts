import { paths } from '@/model/paths'

export type Place = { path: string; title: RegExp; heading: RegExp }

/** Every page with its title and its one heading. The two with an id are given by whoever has one. */
export const places = ({ operationId, requestId }: { operationId: string; requestId: string }): readonly Place[] => [
  { path: paths.overview(), title: /^Overview · Homeport$/, heading: /^Overview$/ },
  {
    path: paths.region({ region: 'eu-central-1' }),
    title: /^eu-central-1 · Regions · Homeport$/,
    heading: /^eu-central-1$/,
  },
  { path: paths.network(), title: /^Network latency · Homeport$/, heading: /^Network latency$/ },
  { path: paths.replication(), title: /^Replication lag · Homeport$/, heading: /^Replication lag$/ },
  { path: paths.newFailover({ cell: 'jkt' }), title: /^New failover · DR · Homeport$/, heading: /^New failover$/ },
  { path: paths.dr(), title: /^DR readiness · Homeport$/, heading: /^DR readiness$/ },
  { path: paths.readiness(), title: /^Readiness checks · DR · Homeport$/, heading: /^Readiness checks$/ },
  { path: paths.drills(), title: /^Drills · DR · Homeport$/, heading: /^Drills$/ },
  { path: paths.newDrill({ cell: 'jkt' }), title: /^New drill · DR · Homeport$/, heading: /^New drill$/ },
  { path: paths.drillHistory(), title: /^Drill history · DR · Homeport$/, heading: /^Drill history$/ },
  { path: paths.staleServers(), title: /^Stale servers · DR · Homeport$/, heading: /^Stale servers$/ },
  { path: paths.conflicts(), title: /^Conflicts · Homeport$/, heading: /^Conflicts$/ },
  { path: paths.operations(), title: /^Operations · Homeport$/, heading: /^Operations$/ },
  {
    path: paths.operation({ id: operationId }),
    title: /· Done · Operations · Homeport$/,
    heading: /^Planned switchover/,
  },
  { path: paths.approvals(), title: /^Approvals( \(\d+\))? · Homeport$/, heading: /^Approvals$/ },
  { path: paths.approval({ id: requestId }), title: /· Approvals · Homeport$/, heading: /^Planned switchover/ },
  { path: paths.breakGlass(), title: /^Break-glass · DR · Homeport$/, heading: /^Break-glass$/ },
  { path: paths.holds(), title: /^Holds · Homeport$/, heading: /^Holds$/ },
  { path: paths.profile(), title: /^Profile · Settings · Homeport$/, heading: /^Profile$/ },
  { path: paths.notifications(), title: /^Notifications · Settings · Homeport$/, heading: /^Notifications$/ },
  { path: paths.audit(), title: /^Audit · Homeport$/, heading: /^Audit$/ },
  { path: paths.status(), title: /^Console health · Homeport$/, heading: /^Console health$/ },
]
