import Link from 'next/link'
import { paths } from '@/model/paths'

/**
 * A write epoch, `e 41`, or a change of it, `41→42`. Spoken as "epoch 41". `since` is when it was set;
 * `correlation` leads to the causality view of the operation that set it.
 */
export function EpochChip({
  epoch,
  to,
  since,
  correlation,
}: {
  epoch: string
  to?: string
  since?: string
  correlation?: string
}) {
  const spoken = to ? `epoch ${epoch} to ${to}` : `epoch ${epoch}`
  const face = (
    <>
      <span aria-hidden>{to ? `${epoch}→${to}` : `e ${epoch}`}</span>
      <span className="sr-only">{spoken}</span>
    </>
  )
  const look =
    'inline-flex items-center rounded-sm border border-hairline px-1.5 py-px font-mono text-sm whitespace-nowrap text-ink-2'
  const title = since ? `Set ${since}` : undefined
  if (!correlation)
    return (
      <span className={look} title={title}>
        {face}
      </span>
    )
  return (
    <Link
      href={paths.audit({ correlation })}
      prefetch={false}
      className={`${look} hover:text-ink-1 hover:underline`}
      title={title}
    >
      {face}
    </Link>
  )
}
