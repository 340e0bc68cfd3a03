import Link from 'next/link'
import type { Status } from '@/model/observations'
import { paths } from '@/model/paths'
import type { LinkView } from '@/model/schemas/estate'
import { cx } from '../ui/cx'
import { StatusGlyph } from '../ui/StatusGlyph'
import land from './land.svg'
import { type LabelSide, type MapLink, type MapNode, prepareLinks, prepareNodes } from './prepare-map'
import { MAP_HEIGHT, MAP_WIDTH } from './projection'

/** The regions and what flows between them. Its values stand in the table beside it; `says` is its sentence. */
export function RoutingMap({
  regions,
  links,
  says,
  nowMs,
  isSmall = false,
}: {
  regions: readonly { code: string; lat: number; lon: number; status: Status }[]
  links: readonly LinkView[]
  says: string
  nowMs: number
  /** It has less than half of its frame's width: names must keep further from each other and from the edge. */
  isSmall?: boolean
}) {
  const nodes = prepareNodes(regions, { isSmall })
  const drawn = prepareLinks(links, nodes, nowMs)
  const statusOf = new Map(regions.map((region) => [region.code, region.status]))
  return (
    <div className="relative overflow-hidden" style={{ aspectRatio: `${MAP_WIDTH} / ${MAP_HEIGHT}` }}>
      {/* The outline is a mask, so that one file serves both themes. */}
      <div
        aria-hidden
        className="absolute inset-0 bg-land"
        style={{ mask: `url(${land.src}) center / 100% 100% no-repeat` }}
      />
      <svg
        role="img"
        aria-label={says}
        viewBox={`0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`}
        className="absolute inset-0 size-full"
      >
        <Arrowheads />
        {drawn.map((link) => (
          <LinkPath key={`${link.from}-${link.to}`} link={link} />
        ))}
      </svg>
      {nodes.map((node) => (
        <Node key={node.code} node={node} status={statusOf.get(node.code) ?? 'unknown'} />
      ))}
    </div>
  )
}

const strokes = {
  ok: 'var(--ink-2)',
  warn: 'var(--warn)',
  crit: 'var(--crit)',
  active: 'var(--active)',
  unknown: 'var(--unknown)',
} as const satisfies Record<Status, string>

function LinkPath({ link }: { link: MapLink }) {
  return (
    <path
      d={link.path}
      fill="none"
      stroke={strokes[link.status]}
      strokeWidth={link.isReplication ? 1.5 : 1}
      strokeDasharray={link.status === 'crit' ? '5 4' : link.status === 'unknown' ? '2 4' : undefined}
      strokeOpacity={link.isReplication || link.status !== 'ok' ? 1 : 0.3}
      vectorEffect="non-scaling-stroke"
      markerEnd={link.isReplication ? `url(#arrow-${link.status})` : undefined}
    />
  )
}

function Arrowheads() {
  return (
    <defs>
      {Object.entries(strokes).map(([status, stroke]) => (
        <marker
          key={status}
          id={`arrow-${status}`}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0.5 8 4 0 7.5z" fill={stroke} />
        </marker>
      ))}
    </defs>
  )
}

/** HTML, not SVG text: it keeps its size when the map shrinks. On a phone only what needs somebody keeps its name. A link for
 * the pointer alone: neighbours are too close to be good targets, and the same links stand in the cards above. */
function Node({ node, status }: { node: MapNode; status: Status }) {
  return (
    <Link
      href={paths.region({ region: node.code })}
      prefetch={false}
      tabIndex={-1}
      aria-hidden
      className="group absolute grid size-6 -translate-1/2 place-items-center rounded-full"
      style={{ left: `${(node.x / MAP_WIDTH) * 100}%`, top: `${(node.y / MAP_HEIGHT) * 100}%` }}
    >
      <span className="grid size-4.5 place-items-center rounded-full bg-surface-1">
        <StatusGlyph status={status} size={12} />
      </span>
      <span
        className={cx(
          'absolute rounded-sm bg-surface-1/80 px-0.5 font-mono text-xs whitespace-nowrap text-ink-1 group-hover:underline',
          status === 'ok' && 'max-md:sr-only',
          labels[node.side],
          // A small map has no room at its right edge.
          node.x > MAP_WIDTH * 0.6 && 'max-md:right-full max-md:left-auto',
        )}
      >
        {node.code}
      </span>
    </Link>
  )
}

const labels = {
  right: 'left-full',
  left: 'right-full',
  above: 'bottom-full',
  below: 'top-full',
} as const satisfies Record<LabelSide, string>
