'use client'
import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { cx } from './cx'

/**
 * Scrolls sideways inside itself, so that the page never does. A tab stop with a name, but only while there is something to
 * scroll to. Positioned, so that words for screen readers inside it are cut off with the rest and do not widen the page.
 */
export function ScrollRegion({ label, className, children, ...rest }: ComponentProps<'section'> & { label: string }) {
  const region = useRef<HTMLElement>(null)
  const [isWider, setWider] = useState(false)
  // The browser alone knows whether the content fits.
  useEffect(() => {
    const element = region.current
    if (!element) return
    const observer = new ResizeObserver(() => setWider(element.scrollWidth > element.clientWidth + 1))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <section
      ref={region}
      aria-label={isWider ? `${label}, scrolls sideways` : undefined}
      tabIndex={isWider ? 0 : undefined}
      {...rest}
      className={cx('relative overflow-x-auto focus-visible:-outline-offset-2', className)}
    >
      {children}
    </section>
  )
}
