'use client'
import { useSyncExternalStore } from 'react'

/** What one viewer likes in this browser. The theme is kept by next-themes; what a link should share is in the URL instead. */
export type Preferences = {
  /** Which clock leads in a TimeStamp. */
  timeLead: 'utc' | 'local'
  /** Shortcuts of one key can be switched off: dictation software types into pages. */
  hasSingleKeys: boolean
}

const defaults: Preferences = { timeLead: 'utc', hasSingleKeys: true }
const KEY = 'homeport.preferences'
const listeners = new Set<() => void>()
let current: Preferences | null = null

function read(): Preferences {
  if (current) return current
  try {
    current = { ...defaults, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') }
  } catch {
    current = defaults // Storage may be blocked or hold something else's text; the defaults always work.
  }
  return current ?? defaults
}

export function preferences(): Preferences {
  return read()
}

export function setPreference<Name extends keyof Preferences>(name: Name, value: Preferences[Name]): void {
  current = { ...read(), [name]: value }
  try {
    localStorage.setItem(KEY, JSON.stringify(current))
  } catch {
    // The choice then holds for this page only.
  }
  for (const listener of listeners) listener()
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    read,
    () => defaults,
  )
}
