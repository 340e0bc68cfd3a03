import { cx } from './cx'

/** Holds the place of what is loading, in its final size. Give the height and width by class. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('skeleton block', className)} />
}

export function SkeletonRows({ count, className = 'h-8' }: { count: number; className?: string }) {
  return (
    <div className="grid gap-2">
      {Array.from({ length: count }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never reordered.
        <Skeleton key={row} className={className} />
      ))}
    </div>
  )
}
