'use client'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { liveState, setPaused } from './live-state'
import { places } from './nav-items'
import { preferences, setPreference } from './preferences'
import { isTyping, type KeyMeaning, meaningOf } from './shortcuts'

const PLACE_WAIT_MS = 1_500

/** Listens to the window's keys. Mounted once, by the shell. */
export function useShortcuts({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }): void {
  const router = useRouter()
  useEffect(() => {
    let awaitingUntilMs = 0
    const act = (meaning: KeyMeaning) => {
      if (meaning.kind === 'palette') onPalette()
      if (meaning.kind === 'help') onHelp()
      if (meaning.kind === 'pause') setPaused(!liveState().isPaused)
      if (meaning.kind === 'swap-time') setPreference('timeLead', preferences().timeLead === 'utc' ? 'local' : 'utc')
      if (meaning.kind === 'search') focusSearch() || onPalette()
      if (meaning.kind === 'first-row') document.querySelector<HTMLElement>('main [data-row][tabindex]')?.focus()
      if (meaning.kind === 'await-place') awaitingUntilMs = performance.now() + PLACE_WAIT_MS
      if (meaning.kind !== 'go') return
      const place = places.find((known) => known.key === meaning.key)
      if (place) router.push(place.href)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const isAwaitingPlace = performance.now() < awaitingUntilMs
      const meaning = meaningOf(event, { isAwaitingPlace, hasSingleKeys: preferences().hasSingleKeys })
      awaitingUntilMs = 0
      if (!meaning) return
      // In a field, or with a dialog open, only the palette's chord is ours.
      const isElsewhere = isTyping(event.target) || document.querySelector('dialog[open]') !== null
      if (isElsewhere && meaning.kind !== 'palette') return
      event.preventDefault()
      act(meaning)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [router, onPalette, onHelp])
}

/** A page's own filter field carries `data-search`. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLElement>('[data-search]')
  field?.focus()
  return field !== null
}
