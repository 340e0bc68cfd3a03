'use client'
import { useTheme } from 'next-themes'
import { Segmented } from '../ui/Segmented'
import { useHydrated } from '../ui/use-hydrated'

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

export function ThemeSwitch() {
  const { theme, setTheme } = useTheme()
  // The stored choice is known only in the browser; until then no option is marked.
  const isInBrowser = useHydrated()
  const value = isInBrowser ? (themes.find((known) => known.value === theme)?.value ?? 'system') : 'system'
  return <Segmented label="Theme" options={themes} value={value} onChange={setTheme} />
}
