'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { paths } from '@/model/paths'
import { cx } from '../ui/cx'
import { isAt, placeGroups, places } from './nav-items'

/** The rail on a desktop, the same list in a sheet on a phone. `onGo` closes the sheet. */
export function Nav({ approvalsWaiting, onGo }: { approvalsWaiting: number | null; onGo?: () => void }) {
  const path = usePathname()
  return (
    <nav aria-label="Main" className="grid gap-4 p-3">
      {placeGroups.map((group) => (
        <ul key={group} aria-label={group} className="grid gap-0.5">
          {places
            .filter((place) => place.group === group)
            .map((place) => {
              const isHere = isAt(path, place)
              const Icon = place.icon
              return (
                <li key={place.href}>
                  <Link
                    href={place.href}
                    aria-current={isHere ? 'page' : undefined}
                    onClick={onGo}
                    className={cx(
                      'flex h-8 items-center gap-2.5 rounded-sm px-2 text-sm max-lg:h-11 max-lg:text-base',
                      isHere ? 'bg-surface-2 font-medium text-ink-1' : 'text-ink-2 hover:bg-surface-2 hover:text-ink-1',
                    )}
                  >
                    <Icon aria-hidden size={15} className={isHere ? 'text-ink-1' : 'text-ink-3'} />
                    <span className="flex-1">{place.label}</span>
                    {place.href === paths.approvals() && approvalsWaiting ? (
                      <span className="rounded-full border border-active/60 px-1.5 text-xs text-active">
                        {approvalsWaiting}
                        <span className="sr-only"> waiting</span>
                      </span>
                    ) : null}
                  </Link>
                </li>
              )
            })}
        </ul>
      ))}
    </nav>
  )
}
