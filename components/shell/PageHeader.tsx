'use client'
import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Fragment, type ReactNode, useEffect, useRef } from 'react'

export type Crumb = { label: string; href: string }

/** Set by the first page that mounts in this tab; from then on a new page takes the focus to its heading. */
let shownPath: string | null = null

/**
 * The head of every page: breadcrumb (none on top-level pages), the one `h1`, what it says, what can be done. After a
 * navigation inside the console the heading takes the focus, so that a screen reader reads it and Tab starts below it.
 */
export function PageHeader({
  title,
  crumbs,
  says,
  badge,
  actions,
}: {
  title: ReactNode
  crumbs?: readonly Crumb[]
  says?: ReactNode
  badge?: ReactNode
  actions?: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  const path = usePathname()
  useEffect(() => {
    if (shownPath !== null && shownPath !== path) heading.current?.focus({ preventScroll: true })
    shownPath = path
  }, [path])
  return (
    <header className="flex flex-wrap items-center gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-80">
        {crumbs && <Breadcrumb crumbs={crumbs} />}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold text-ink-1">
            {title}
          </h1>
          {badge}
        </div>
        {says && <div className="text-ink-2">{says}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}

function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="flex flex-wrap items-center gap-1 text-sm text-ink-3">
        {crumbs.map((crumb) => (
          <Fragment key={crumb.href}>
            <li>
              <Link href={crumb.href} className="inline-flex min-h-6 items-center hover:text-ink-1 hover:underline">
                {crumb.label}
              </Link>
            </li>
            <li aria-hidden>
              <ChevronRight size={12} />
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  )
}

/** The page below the shell: one column of panels with the usual gaps. */
export function Page({ children }: { children: ReactNode }) {
  return <div className="grid min-w-0 gap-4 p-4 pb-12 lg:p-6 lg:pb-16">{children}</div>
}
