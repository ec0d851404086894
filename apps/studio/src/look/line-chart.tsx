import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { type ChartScale, createScale, formatValue } from './chart-scale.ts'

/** A line of a chart. */
export interface ChartLine {
  readonly name: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export interface LineChartProps {
  readonly title: string
  /** What the axes show. */
  readonly xTitle: string
  readonly yTitle: string
  /** One or two lines. */
  readonly lines: readonly ChartLine[]
  readonly isLog?: boolean
  readonly formatY?: (value: number) => string
  readonly formatX?: (value: number) => string
  /** A vertical line at a value of x, with its name. */
  readonly marker?: { readonly x: number; readonly name: string }
}

const HEIGHT = 240
const MARGIN = { left: 56, right: 16, top: 12, bottom: 40 }

/** Shows lines; the pointer and the arrow keys read their values. */
export function LineChart(props: LineChartProps): VNode {
  const { title, lines, formatX = formatValue, formatY = formatValue } = props
  const frame = useRef<HTMLElement>(null)
  const width = useSignal(480)
  const place = useSignal<number | undefined>(undefined)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      width.value = entry?.contentRect.width ?? width.peek()
    })
    observer.observe(frame.current as HTMLElement)
    return () => observer.disconnect()
  }, [])
  const scales = createScales(props, width.value)
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b)
  const index = place.value === undefined ? undefined : Math.min(place.value, xs.length - 1)
  const x = index === undefined ? undefined : xs[index]
  return (
    <figure ref={frame} class="chart">
      <figcaption class="chart-caption">
        <h3>{title}</h3>
        <Legend lines={lines} x={x} formatX={formatX} formatY={formatY} xTitle={props.xTitle} />
      </figcaption>
      <svg
        class="chart-plot"
        width={width.value}
        height={HEIGHT}
        role="img"
        aria-label={describeLines(props)}
        onPointerMove={(event) => {
          place.value = findNearest(xs, scales.x, event.offsetX)
        }}
        onPointerLeave={() => {
          place.value = undefined
        }}
      >
        <Axes {...props} scales={scales} width={width.value} />
        {x !== undefined && (
          <line
            class="chart-cursor"
            x1={scales.x.toPixels(x)}
            x2={scales.x.toPixels(x)}
            y1={MARGIN.top}
            y2={HEIGHT - MARGIN.bottom}
          />
        )}
        {lines.map(({ name, points }, i) => (
          <g key={name} class={`chart-line chart-line-${i}`}>
            <polyline
              points={points.map((point) => `${scales.x.toPixels(point.x)},${scales.y.toPixels(point.y)}`).join(' ')}
            />
            {points.length === 1 && points[0] && (
              <circle cx={scales.x.toPixels(points[0].x)} cy={scales.y.toPixels(points[0].y)} r={3.5} />
            )}
          </g>
        ))}
      </svg>
      <input
        class="chart-reader"
        type="range"
        min={0}
        max={xs.length - 1}
        value={index ?? 0}
        aria-label={`Values of ${title}`}
        aria-valuetext={describePlace(props, x ?? xs[0])}
        onInput={(event) => {
          place.value = Number(event.currentTarget.value)
        }}
        onBlur={() => {
          place.value = undefined
        }}
      />
    </figure>
  )
}

interface Scales {
  readonly x: ChartScale
  readonly y: ChartScale
}

function createScales({ lines, isLog = false }: LineChartProps, width: number): Scales {
  const points = lines.flatMap((line) => line.points)
  const ys = points.map(({ y }) => y)
  const xs = points.map(({ x }) => x)
  const canLog = isLog && ys.every((y) => y > 0)
  const high = ys.reduce((a, b) => Math.max(a, b), 0)
  const low = canLog ? ys.reduce((a, b) => Math.min(a, b), high) : 0
  return {
    x: createScale({
      low: xs.reduce((a, b) => Math.min(a, b), Infinity),
      high: xs.reduce((a, b) => Math.max(a, b), -Infinity),
      from: MARGIN.left,
      to: width - MARGIN.right,
    }),
    y: createScale({ low, high, from: HEIGHT - MARGIN.bottom, to: MARGIN.top, isLog: canLog }),
  }
}

type AxesProps = LineChartProps & { readonly scales: Scales; readonly width: number }

function Axes(props: AxesProps): VNode {
  const { scales, width, xTitle, yTitle, formatX = formatValue, formatY = formatValue, marker } = props
  const bottom = HEIGHT - MARGIN.bottom
  return (
    <g class="chart-axes">
      {scales.y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={scales.y.toPixels(tick)} y2={scales.y.toPixels(tick)} />
          <text x={MARGIN.left - 8} y={scales.y.toPixels(tick) + 4} text-anchor="end">
            {formatY(tick)}
          </text>
        </g>
      ))}
      {scales.x.ticks.map((tick) => (
        <text key={tick} x={scales.x.toPixels(tick)} y={bottom + 16} text-anchor="middle">
          {formatX(tick)}
        </text>
      ))}
      <text x={width - MARGIN.right} y={HEIGHT - 6} text-anchor="end">
        {xTitle}
      </text>
      <text x={4} y={HEIGHT - 6}>
        ↑ {yTitle}
      </text>
      {marker && (
        <g class="chart-marker">
          <line x1={scales.x.toPixels(marker.x)} x2={scales.x.toPixels(marker.x)} y1={MARGIN.top} y2={bottom} />
          <text x={scales.x.toPixels(marker.x) - 6} y={bottom - 8} text-anchor="end">
            {marker.name}
          </text>
        </g>
      )}
    </g>
  )
}

interface LegendProps extends Required<Pick<LineChartProps, 'lines' | 'formatX' | 'formatY' | 'xTitle'>> {
  /** The place that is read. */
  readonly x: number | undefined
}

function Legend({ lines, x, formatX, formatY, xTitle }: LegendProps): VNode {
  return (
    <p class="chart-legend numbers">
      {x !== undefined && (
        <span>
          {xTitle} {formatX(x)}
        </span>
      )}
      {lines.map(({ name, points }, i) => {
        const point = points.find((other) => other.x === x)
        return (
          <span key={name}>
            <span class={`chart-key chart-key-${i}`} aria-hidden="true" />
            {name} {point && <strong>{formatY(point.y)}</strong>}
          </span>
        )
      })}
    </p>
  )
}

function describeLines({ title, lines, formatY = formatValue, xTitle }: LineChartProps): string {
  const parts = lines.map(({ name, points }) => {
    const first = points[0]
    const last = points.at(-1)
    return first && last ? `${name} from ${formatY(first.y)} to ${formatY(last.y)}` : name
  })
  return `${title} by ${xTitle}: ${parts.join('; ')}`
}

function describePlace({ lines, xTitle, formatX = formatValue, formatY = formatValue }: LineChartProps, x = 0): string {
  const values = lines.map(({ name, points }) => {
    const point = points.find((other) => other.x === x)
    return point ? `${name} ${formatY(point.y)}` : name
  })
  return `${xTitle} ${formatX(x)}: ${values.join(', ')}`
}

function findNearest(xs: readonly number[], { toPixels }: ChartScale, pixels: number): number {
  let nearest = 0
  for (const [i, x] of xs.entries())
    if (Math.abs(toPixels(x) - pixels) < Math.abs(toPixels(xs[nearest] as number) - pixels)) nearest = i
  return nearest
}
