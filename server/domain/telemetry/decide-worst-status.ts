import type { Status } from '@/model/observations'

const order = ['ok', 'active', 'unknown', 'warn', 'crit'] as const satisfies readonly Status[]

/** The worst of several statuses; unknown is worse than ok, so that a hole never looks healthy. Nothing at all is unknown. */
export function decideWorstStatus(statuses: readonly Status[]): Status {
  if (statuses.length === 0) return 'unknown'
  return statuses.reduce((worst, status) => (order.indexOf(status) > order.indexOf(worst) ? status : worst))
}
