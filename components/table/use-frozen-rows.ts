'use client'
import { useRef, useState } from 'react'
import { freezeOrder } from './freeze-order'

/**
 * Keeps the order of rows while somebody points at or is focused in them; new rows then come at the end. Spread
 * `freezeProps` on the element that holds the rows.
 */
export function useFrozenRows<Row>(rows: readonly Row[], rowId: (row: Row) => string) {
  const [isHeld, setHeld] = useState(false)
  const order = useRef<readonly string[]>([])
  const frozen = isHeld ? freezeOrder(rows, order.current, rowId) : rows
  order.current = frozen.map(rowId)
  return {
    frozen,
    isHeld,
    freezeProps: {
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: (event: React.FocusEvent<HTMLElement>) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setHeld(false)
      },
    },
  }
}
