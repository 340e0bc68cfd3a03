'use client'
import { useSyncExternalStore } from 'react'

const never = () => () => {}

/**
 * False while the server's markup is taken over, true from then on. For what only this browser knows: whether a fetch is
 * on its way depends on how old the page's data is by this browser's clock, so the markup cannot have known it.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
