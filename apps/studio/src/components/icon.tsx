import type { VNode } from 'preact'

/** Paths of the icons, drawn by lines in a square of 24. */
const PATHS = {
  face: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM8.500 10h.01M15.500 10h.01M8.500 14.500c1 1.300 2.100 2 3.500 2s2.500-.7 3.500-2',
  camera: 'M4 8h3l1.500-2.500h7L17 8h3v11H4zM12 16.500a3.200 3.200 0 1 0 0-6.400a3.200 3.200 0 0 0 0 6.400z',
  webcam: 'M3 7h12v10H3zM15 11l6-3.500v9L15 13z',
  tag: 'M12 3v4M12 17v4M3 12h4M17 12h4M12 14a2 2 0 1 0 0-4a2 2 0 0 0 0 4z',
  sliders: 'M4 7h9M17 7h3M15 9V5M4 17h3M11 17h9M9 19v-4M4 12h4M12 12h8M10 14v-4',
  chart: 'M4 4v16h16M7 15l4-5 3 3 5-7',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M18 10h.01M8 14h8',
  contrast: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM12 3v18M12 7l6.500-.2M12 11.500h8.800M12 16h7.500',
  sun: 'M12 16a4 4 0 1 0 0-8a4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  info: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM12 11v5M12 8h.01',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  warning: 'M12 4L2.500 20h19zM12 10v4.500M12 17.500h.01',
  close: 'M6 6l12 12M18 6L6 18',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  download: 'M12 4v12M7 11l5 5 5-5M4 16v4h16v-4',
  folder: 'M3 6h6l2 2.500h10V19H3z',
  zip: 'M6 3h9l4 4v14H6zM11 3v2M11 8v2M11 13v5',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 2.500-2.500L20 17M15.500 9.500h.01',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  undo: 'M8 5L4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-3',
  redo: 'M16 5l4 4-4 4M20 9H10a5.500 5.500 0 0 0 0 11h3',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  eye: 'M2.500 12S6 5.500 12 5.500S21.500 12 21.500 12S18 18.500 12 18.500S2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6a3 3 0 0 0 0 6z',
  eyeOff:
    'M4 4l16 16M9 6a10 10 0 0 1 3-.5c6 0 9.500 6.500 9.500 6.500a17 17 0 0 1-3 3.700M6 8a17 17 0 0 0-3.500 4S6 18.500 12 18.500c1.500 0 2.800-.4 4-1',
  mirror: 'M12 3v18M9 7L3 17h6zM15 7l6 10h-6z',
  play: 'M7 5l12 7-12 7z',
  stop: 'M6 6h12v12H6z',
  star: 'M12 4l2.500 5.200 5.500.8-4 4 1 5.700-5-2.700-5 2.700 1-5.700-4-4 5.500-.8z',
} as const

/** Name of an icon. */
export type IconName = keyof typeof PATHS

/** An icon beside a text, or in a button that has a name. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
