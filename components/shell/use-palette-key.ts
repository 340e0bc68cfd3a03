'use client'
import { useHydrated } from '../ui/use-hydrated'
import { paletteKeyOf } from './shortcuts'

/** What to press for the palette on this keyboard. The server's markup cannot know it: it names the key that every other one has. */
export function usePaletteKey(): string {
  return paletteKeyOf(useHydrated() ? navigator.userAgent : null)
}
