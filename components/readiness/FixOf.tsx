import Link from 'next/link'
import type { ReadinessCheckView } from '@/model/schemas/readiness'

/** A page where it can be put right, or what to do where no page can. */
export function FixOf({ fix: { label, path } }: Pick<ReadinessCheckView, 'fix'>) {
  if (path === null) return <span className="text-ink-3">{label}</span>
  return (
    <Link
      href={path}
      prefetch={false}
      className="inline-flex min-h-6 items-center text-ink-1 underline underline-offset-2"
    >
      {label}
    </Link>
  )
}
