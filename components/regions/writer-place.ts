import type { CellView, MemberView } from '@/model/schemas/estate'

/** Where a cell writes, against where its tenants have their home; null when it has no tenants. */
export function writerPlace({
  activeRegion,
  homeRegion,
}: Pick<CellView, 'activeRegion' | 'homeRegion'>): 'home' | 'away' | null {
  if (homeRegion === null) return null
  return activeRegion === homeRegion ? 'home' : 'away'
}

/** A standby holds a copy of its writer's gate: only a server that is a primary says by it whether it takes writes. */
export function gateWord({ role, gateStatus }: Pick<MemberView, 'role' | 'gateStatus'>): string | null {
  return role === 'standby' && gateStatus !== null ? 'replicated' : gateStatus
}
