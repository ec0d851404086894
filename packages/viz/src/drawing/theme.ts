/** Color theme of a plot or page. */
export type Theme = 'light' | 'dark'

/** The colors of plots and reports, [light, dark]. Each light color is unique, so that a plot can be converted to dark. */
const THEME_COLORS = {
  paper: ['#ffffff', '#0d1117'],
  panel: ['#f6f8fa', '#161b22'],
  ink: ['#1f2328', '#e6edf3'],
  soft: ['#59636e', '#9198a1'],
  line: ['#d1d9e0', '#3d444d'],
  blue: ['#0969da', '#58a6ff'],
  orange: ['#bc4c00', '#f0883e'],
  green: ['#1a7f37', '#3fb950'],
  purple: ['#8250df', '#a371f7'],
  pink: ['#bf3989', '#db61a2'],
} as const

export type ColorName = keyof typeof THEME_COLORS

/** The light colors by name: plots are drawn in them. */
export const COLORS: Record<ColorName, string> = Object.fromEntries(
  Object.entries(THEME_COLORS).map(([name, [light]]) => [name, light]),
) as Record<ColorName, string>

/** Line colors of the runs in a chart, repeated if there are more runs. */
export const LINE_COLORS: readonly string[] = [
  COLORS.blue,
  COLORS.orange,
  COLORS.green,
  COLORS.purple,
  COLORS.pink,
  COLORS.ink,
]

/** Color of target points on photographs, in both themes. */
export const TARGET_COLOR = '#2bd75c'
/** Color of predicted points on photographs, in both themes. */
export const PREDICTED_COLOR = '#ff4d4f'

export const FONT = 'DejaVu Sans, system-ui, sans-serif'

/** Converts a plot's SVG to the colors of a theme. */
export function applyTheme(svg: string, theme: Theme): string {
  if (theme === 'light') return svg
  return Object.values(THEME_COLORS).reduce((text, [light, dark]) => text.replaceAll(light, dark), svg)
}

/** Replaces the colors of a plot's SVG with CSS variables, whose values {@link renderThemeCss} defines. */
export function replaceWithCssVariables(svg: string): string {
  return Object.entries(THEME_COLORS).reduce((text, [name, [light]]) => text.replaceAll(light, `var(--${name})`), svg)
}

/** Renders CSS that defines the color variables, dark if the reader prefers dark. */
export function renderThemeCss(): string {
  const values = (theme: 0 | 1): string =>
    Object.entries(THEME_COLORS)
      .map(([name, colors]) => `--${name}:${colors[theme]}`)
      .join(';')
  return `:root{color-scheme:light dark;${values(0)}}@media(prefers-color-scheme:dark){:root{${values(1)}}}`
}
