'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Menu, Search } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { paths } from '@/model/paths'
import type { ShellFacts } from '@/model/schemas/session'
import { AlertBanner } from '../alerts/AlertBanner'
import { HoldBanner } from '../holds/HoldBanner'
import { useTRPC, useTRPCClient } from '../trpc'
import { IconButton } from '../ui/Button'
import { cx } from '../ui/cx'
import { Kbd } from '../ui/Kbd'
import { Sheet } from '../ui/Sheet'
import { learnServerClock } from './clock'
import { HeaderClock } from './HeaderClock'
import { KbdHelp } from './KbdHelp'
import { Logo } from './Logo'
import { Nav } from './Nav'
import { PauseBanner, PauseToggle } from './PauseToggle'
import { Toasts } from './toasts'
import { UserMenu } from './UserMenu'
import { useLive } from './use-live'
import { usePaletteKey } from './use-palette-key'
import { useShortcuts } from './use-shortcuts'

const CommandPalette = dynamic(() => import('./CommandPalette').then((module) => module.CommandPalette), { ssr: false })

const CLOCK_CHECK_MS = 60_000

/** The frame of every signed-in page: where am I served from, which environment is this, what waits for me, what time is it. */
export function Shell({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<'palette' | 'help' | 'nav' | null>(null)
  const close = useCallback(() => setOpen(null), [])
  const onPalette = useCallback(() => setOpen((now) => (now === 'palette' ? null : 'palette')), [])
  const onHelp = useCallback(() => setOpen('help'), [])
  useLive()
  useShortcuts({ onPalette, onHelp })
  const facts = useShellFacts()
  const approvalsWaiting = facts?.approvalsWaiting ?? null
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[12.5rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
      <a
        href="#main"
        className="fixed top-1 left-1 z-50 -translate-y-20 rounded-sm bg-primary px-3 py-2 text-primary-ink focus:translate-y-0"
      >
        Skip to the content
      </a>
      <header data-no-print className="sticky top-0 z-30 col-span-full border-b border-hairline bg-surface-0">
        <div className="flex h-(--header-height) items-center gap-2 px-3 md:gap-3 lg:px-4">
          <IconButton label="Menu" className="lg:hidden" onClick={() => setOpen('nav')}>
            <Menu aria-hidden size={18} />
          </IconButton>
          <Link
            href={paths.overview()}
            className="flex min-h-8 items-center gap-2 font-semibold"
            aria-label="Homeport, overview"
          >
            <Logo />
            <span className="max-sm:sr-only">Homeport</span>
          </Link>
          <span className="min-w-0 flex-1 max-sm:hidden">
            <Served facts={facts} />
          </span>
          <span className="flex-1 sm:hidden" />
          <PaletteButton onOpen={onPalette} />
          <ApprovalsBadge count={approvalsWaiting} />
          <span className="max-md:hidden">
            <HeaderClock />
          </span>
          <PauseToggle />
          <UserMenu onHelp={onHelp} />
        </div>
        <div className="px-3 pb-1.5 sm:hidden">
          <Served facts={facts} />
        </div>
        <HoldBanner />
        <PauseBanner />
        <AlertBanner />
      </header>
      <aside data-no-print className="border-r border-hairline max-lg:hidden">
        <div className="sticky top-(--header-height) h-[calc(100dvh-var(--header-height))] overflow-y-auto">
          <Nav approvalsWaiting={approvalsWaiting} />
        </div>
      </aside>
      <main id="main" tabIndex={-1} className="min-w-0">
        {children}
      </main>
      <Sheet isOpen={open === 'nav'} onClose={close} title="Homeport" side="left">
        <div className="-m-4">
          <Nav approvalsWaiting={approvalsWaiting} onGo={close} />
        </div>
      </Sheet>
      <KbdHelp isOpen={open === 'help'} onClose={close} />
      {open === 'palette' && <CommandPalette onClose={close} />}
      <Toasts />
    </div>
  )
}

/** The banner's facts; asking for them also measures how far this browser's clock is from the server's. */
function useShellFacts(): ShellFacts | undefined {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const options = trpc.session.shell.queryOptions()
  const facts = useQuery({
    ...options,
    placeholderData: keepPreviousData,
    refetchInterval: CLOCK_CHECK_MS,
    queryFn: async ({ signal }): Promise<ShellFacts> => {
      const askedAtMs = Date.now()
      const answer = await client.session.shell.query(undefined, { signal })
      learnServerClock(Date.parse(answer.serverNow), askedAtMs, Date.now())
      return answer
    },
  })
  const { refetch } = facts
  // What came with the page tells the facts but not the clock: one call from this browser measures it.
  useEffect(() => {
    void refetch()
  }, [refetch])
  return facts.data
}

function Served({ facts }: { facts: ShellFacts | undefined }) {
  if (!facts) return <span className="h-5 w-32" />
  return (
    <p className="flex min-w-0 items-center gap-2 text-sm text-ink-2">
      <span className={cx('rounded-sm border px-1.5 text-xs font-semibold tracking-wide', bands[facts.environment])}>
        {facts.environment}
      </span>
      <span className="truncate">
        served from <span className="font-mono text-ink-1">{facts.servedFrom}</span>
      </span>
    </p>
  )
}

const bands = {
  PROD: 'border-crit/60 text-crit',
  STAGE: 'border-warn/60 text-warn',
  DEMO: 'border-active/60 text-active',
} as const satisfies Record<ShellFacts['environment'], string>

function PaletteButton({ onOpen }: { onOpen: () => void }) {
  return (
    <button
      type="button"
      onClick={onOpen}
      aria-label="Open the command palette"
      className="inline-flex h-8 items-center gap-2 rounded-sm border border-hairline px-2 text-sm text-ink-3 hover:border-control hover:text-ink-1 max-md:hidden"
    >
      <Search aria-hidden size={14} />
      <span className="max-xl:hidden">Go to…</span>
      <span className="max-md:hidden">
        <Kbd>{usePaletteKey()}</Kbd>
      </span>
    </button>
  )
}

function ApprovalsBadge({ count }: { count: number | null }) {
  if (!count) return null
  return (
    <Link
      href={paths.approvals()}
      className="inline-flex h-7 items-center gap-1 rounded-full border border-active/60 px-2.5 text-sm whitespace-nowrap text-active hover:bg-active/12 max-md:h-11"
    >
      {count}
      <span className="max-sm:sr-only">{count === 1 ? 'approval' : 'approvals'}</span>
    </Link>
  )
}
