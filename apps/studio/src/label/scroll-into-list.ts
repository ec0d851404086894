/** Scrolls a list, and nothing around it, so that its item is in sight. */
export function scrollIntoList(list: HTMLElement | null, item: HTMLElement | null | undefined): void {
  if (!list || !item) return
  const outer = list.getBoundingClientRect()
  const inner = item.getBoundingClientRect()
  list.scrollLeft += Math.min(0, inner.left - outer.left) + Math.max(0, inner.right - outer.right)
  list.scrollTop += Math.min(0, inner.top - outer.top) + Math.max(0, inner.bottom - outer.bottom)
}
