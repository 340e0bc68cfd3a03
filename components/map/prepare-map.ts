import type { Status } from '@/model/observations'
import type { LinkView } from '@/model/schemas/estate'
import { statusAt } from '../shell/status-now'
import { MAP_HEIGHT, MAP_WIDTH, project } from './projection'

/** Which links a map of the routes shows, and where: pure arithmetic in the frame's pixels. */
export type MapNode = { code: string; x: number; y: number; side: LabelSide }
export type LabelSide = 'right' | 'left' | 'above' | 'below'
export type MapLink = { from: string; to: string; path: string; status: Status; isReplication: boolean }

const RATIO_SLOW = 1.5

/** A link is of interest when it carries something, or when something is wrong with it. */
export function isOfInterest(link: LinkView): boolean {
  if (link.replicates.length > 0 || (link.requestsPerSecond ?? 0) > 0) return true
  // A pair that nobody probes is a fact of the set-up, not of the network: it stands in the matrix and not here.
  return link.state !== 'probe-missing' && linkStatus(link) !== 'ok'
}

/** What was never measured is unknown, whatever the reason. */
export function linkStatus(link: LinkView): Status {
  if (link.state === 'down') return 'crit'
  if (link.state !== 'up' || link.latency.p50Ms === null) return 'unknown'
  return link.ratio !== null && link.ratio >= RATIO_SLOW ? 'warn' : 'ok'
}

/** As it may be shown now: a link that was healthy a while ago is not known to be healthy. */
export function linkStatusAt(link: LinkView, nowMs: number): Status {
  return statusAt(linkStatus(link), link.seen, nowMs)
}

/**
 * Where each region lies, and on which side its name. Names keep their size when the map shrinks: `isSmall` for a map that is
 * shown at less than half of its frame. Where no side is free, one inside the map is better than one that is cut off.
 */
export function prepareNodes(
  regions: readonly { code: string; lat: number; lon: number }[],
  { isSmall = false }: { isSmall?: boolean } = {},
): MapNode[] {
  const scale = isSmall ? SMALL_SCALE : 1
  const placed = regions.map(({ code, lat, lon }) => ({ code, ...project(lon, lat) }))
  const dot = 9 * scale
  const taken: Box[] = placed.map(({ x, y }) => ({ left: x - dot, right: x + dot, top: y - dot, bottom: y + dot }))
  return placed.map((node) => {
    const boxed = sides.map((side) => ({ side, box: labelBox(node, side, scale) }))
    const inside = boxed.filter(({ box }) => isInside(box))
    const chosen = inside.find(({ box }) => !taken.some((other) => overlaps(other, box))) ?? inside[0] ?? boxed[0]
    if (chosen) taken.push(chosen.box)
    return { ...node, side: chosen?.side ?? 'right' }
  })
}

const sides: readonly LabelSide[] = ['right', 'left', 'below', 'above']
type Box = { left: number; right: number; top: number; bottom: number }

/** Labels are 12 px on a map shown at some two thirds of its frame. */
const CHAR_WIDTH = 11
const LABEL_HEIGHT = 30
/** A small map is shown at some 45 % of its frame. */
const SMALL_SCALE = 1.5

function labelBox({ code, x, y }: { code: string; x: number; y: number }, side: LabelSide, scale: number): Box {
  const width = code.length * CHAR_WIDTH * scale
  const height = LABEL_HEIGHT * scale
  const gap = 12 * scale
  const left = { right: x + gap, left: x - gap - width, above: x - width / 2, below: x - width / 2 }[side]
  const beside = y - 11 * scale
  const top = { right: beside, left: beside, above: y - gap - height, below: y + gap }[side]
  return { left, right: left + width, top, bottom: top + height }
}

function isInside({ left, right, top, bottom }: Box): boolean {
  return left >= 0 && right <= MAP_WIDTH && top >= 0 && bottom <= MAP_HEIGHT
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

/** Each direction bends to its own right, so that both are seen and neither hides the other. */
export function prepareLinks(links: readonly LinkView[], nodes: readonly MapNode[], nowMs: number): MapLink[] {
  const byCode = new Map(nodes.map((node) => [node.code, node]))
  return links.filter(isOfInterest).flatMap((link) => {
    const from = byCode.get(link.from)
    const to = byCode.get(link.to)
    if (!from || !to) return []
    return [
      {
        from: link.from,
        to: link.to,
        path: bend(from, to),
        status: linkStatusAt(link, nowMs),
        isReplication: link.replicates.length > 0,
      },
    ]
  })
}

const NODE_RADIUS = 10
const BEND = 0.16

function bend(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = Math.hypot(dx, dy) || 1
  const control = { x: (from.x + to.x) / 2 - dy * BEND, y: (from.y + to.y) / 2 + dx * BEND }
  const trim = Math.min(NODE_RADIUS, length / 4)
  const start = towards(from, control, trim)
  const end = towards(to, control, trim)
  return `M${start}Q${round(control.x)} ${round(control.y)} ${end}`
}

function towards(from: { x: number; y: number }, to: { x: number; y: number }, distance: number): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const share = distance / length
  return `${round(from.x + (to.x - from.x) * share)} ${round(from.y + (to.y - from.y) * share)}`
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
