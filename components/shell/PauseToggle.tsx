'use client'
import { Pause, Play } from 'lucide-react'
import { cx } from '../ui/cx'
import { connectionOf, setPaused, useLiveState } from './live-state'

/** Live, lost or paused, as a word; pressing it (or `p`) pauses every update in this tab. */
export function PauseToggle() {
  const state = useLiveState()
  const { isPaused } = state
  const connection = connectionOf(state)
  const word = isPaused ? 'Paused' : words[connection]
  return (
    <button
      type="button"
      aria-pressed={isPaused}
      aria-label={isPaused ? 'Updates are paused: resume' : `${word}: pause updates`}
      title={isPaused ? 'Resume updates (p)' : 'Pause updates (p)'}
      onClick={() => setPaused(!isPaused)}
      className={cx(
        'inline-flex h-7 items-center justify-center gap-1.5 rounded-sm border px-2 text-sm whitespace-nowrap max-md:h-11 max-md:min-w-11',
        isPaused || connection === 'lost'
          ? 'border-warn/50 text-warn'
          : 'border-hairline text-ink-2 hover:border-control hover:text-ink-1',
      )}
    >
      {isPaused ? <Play aria-hidden size={12} /> : <Pause aria-hidden size={12} />}
      <span className="max-sm:sr-only">{word}</span>
    </button>
  )
}

const words = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' } as const

/** Below the header while paused: how much has happened meanwhile, and the way to see it. */
export function PauseBanner() {
  const { isPaused, heldCount } = useLiveState()
  if (!isPaused) return null
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-warn/40 bg-warn/8 px-4 py-1.5 text-sm">
      <p role="status">Updates are paused in this tab. Ages go on counting.</p>
      <ChangePill count={heldCount} onShow={() => setPaused(false)} />
    </div>
  )
}

/** New things wait behind this, so that nothing moves while somebody reads. */
export function ChangePill({ count, noun = 'change', onShow }: { count: number; noun?: string; onShow: () => void }) {
  const words = count === 0 ? 'Resume' : `${count} ${noun}${count === 1 ? '' : 's'} — show`
  return (
    <button
      type="button"
      onClick={onShow}
      className="inline-flex h-7 items-center rounded-full border border-active/60 px-3 text-sm text-active hover:bg-active/12 max-md:h-11"
    >
      {words}
    </button>
  )
}
