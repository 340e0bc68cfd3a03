import {
  Activity,
  ArrowLeftRight,
  Hand,
  HeartPulse,
  LayoutDashboard,
  type LucideIcon,
  Network,
  ScrollText,
  ShieldCheck,
  Shuffle,
  Split,
  Stamp,
  Unplug,
} from 'lucide-react'
import { paths } from '@/model/paths'

/** The places of the console: the rail, the palette, the `g` shortcuts and the help all read this list. */
export type Place = { label: string; href: string; key: string; icon: LucideIcon; group: 'See' | 'Act' | 'Prove' }

export const places: readonly Place[] = [
  { label: 'Overview', href: paths.overview(), key: 'o', icon: LayoutDashboard, group: 'See' },
  { label: 'Network latency', href: paths.network(), key: 'n', icon: Network, group: 'See' },
  { label: 'Replication lag', href: paths.replication(), key: 'r', icon: Activity, group: 'See' },
  { label: 'DR readiness', href: paths.dr(), key: 'i', icon: ShieldCheck, group: 'See' },
  { label: 'Operations', href: paths.operations(), key: 'e', icon: ArrowLeftRight, group: 'Act' },
  { label: 'Approvals', href: paths.approvals(), key: 'p', icon: Stamp, group: 'Act' },
  { label: 'New failover', href: paths.newFailover(), key: 'd', icon: Shuffle, group: 'Act' },
  { label: 'Stale servers', href: paths.staleServers(), key: 'l', icon: Unplug, group: 'Act' },
  { label: 'Conflicts', href: paths.conflicts(), key: 'c', icon: Split, group: 'Act' },
  { label: 'Holds', href: paths.holds(), key: 'h', icon: Hand, group: 'Act' },
  { label: 'Audit', href: paths.audit(), key: 'a', icon: ScrollText, group: 'Prove' },
  { label: 'Console health', href: paths.status(), key: 's', icon: HeartPulse, group: 'Prove' },
]

export const placeGroups = ['See', 'Act', 'Prove'] as const

/** A place below another one is the only one of the two. */
export function isAt(path: string, place: Place): boolean {
  if (!isUnder(path, place)) return false
  return !places.some((other) => other.href.length > place.href.length && isUnder(path, other))
}

function isUnder(path: string, { href }: Place): boolean {
  return path === href || path.startsWith(`${href}/`)
}
