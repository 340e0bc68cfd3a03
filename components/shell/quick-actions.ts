'use client'
import { useEffect, useSyncExternalStore } from 'react'

/** What the palette offers first: the places and forms that the page on screen registers. They open; they never execute. */
export type QuickAction = { label: string; href: string; note?: string }

let registered: readonly QuickAction[] = []
const none: readonly QuickAction[] = []
const listeners = new Set<() => void>()

function set(actions: readonly QuickAction[]) {
  registered = actions
  for (const listener of listeners) listener()
}

/** Registers a page's actions while it is mounted. Give a stable array. */
export function useQuickActions(actions: readonly QuickAction[]): void {
  useEffect(() => {
    set(actions)
    return () => set(none)
  }, [actions])
}

export function useRegisteredActions(): readonly QuickAction[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => registered,
    () => none,
  )
}
