import { readFileSync } from 'node:fs'
import { describeLandmarksRun } from '../../../benchmarks/lib/landmarks-key.ts'
import { median } from '../../../benchmarks/lib/peer.ts'
import { ROOT } from './packages.ts'

/** A table of measured values, as text. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The tables of the model cards. */
export type Tables = Readonly<Record<'detectors' | 'landmarkers' | 'fewShot' | 'networks' | 'latency', Table>>

interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

const percent = (value: number): string => (100 * value).toFixed(2)
const milliseconds = (value: number): string => `${value.toFixed(1)} ms`
const formatPercent = ({ value, low, high }: Estimate): string =>
  `${percent(value)} % (${percent(low)}-${percent(high)})`

/** Reads the measurements that the benchmarks wrote. */
function load(): Tables {
  return {
    detectors: readDetectors(),
    landmarkers: readLandmarkers(),
    fewShot: readFewShot(),
    networks: readNetworks(),
    latency: readLatency(),
  }
}

function readDetectors(): Table {
  interface Result {
    readonly set: string
    readonly detector: string
    readonly faces: number
    readonly recall: number
    readonly overlap: number
    readonly medianMs: number
  }
  const { results } = readBenchmark<{ readonly results: readonly Result[] }>('detector')
  return {
    columns: ['faces', 'detector', 'number', 'found', 'overlap', 'time'],
    rows: results.map(({ set, detector, faces, recall, overlap, medianMs }) => [
      set,
      detector,
      String(faces),
      `${(100 * recall).toFixed(1)} %`,
      overlap.toFixed(2),
      milliseconds(medianMs),
    ]),
  }
}

function readLandmarkers(): Table {
  interface Result {
    readonly landmarker: string
    readonly faces: number
    readonly missed: number
    readonly nme: Estimate
    readonly medianMs: number
  }
  const { results } = readBenchmark<{ readonly results: readonly Result[] }>('landmarker')
  return {
    columns: ['landmarker', 'faces', 'missed', 'NME', 'time'],
    rows: results.map(({ landmarker, faces, missed, nme, medianMs }) => [
      landmarker,
      String(faces),
      String(missed),
      formatPercent(nme),
      milliseconds(medianMs),
    ]),
  }
}

function readFewShot(): Table {
  interface Result {
    readonly name: string
    readonly images: number
    readonly unit: string
    readonly errors: readonly number[]
  }
  const { results } = readBenchmark<{ readonly results: readonly Result[] }>('fewshot')
  return {
    columns: ['points and test faces', 'labeled images', 'error'],
    rows: results.map(({ name, images, unit, errors }) => {
      const range = `${Math.min(...errors).toFixed(2)}-${Math.max(...errors).toFixed(2)}`
      return [name, String(images), `${median(errors).toFixed(2)} ${unit} (${range})`]
    }),
  }
}

function readNetworks(): Table {
  interface Run {
    readonly title: string
    readonly overrides: readonly string[]
    readonly faces: number
    readonly epochs: number
    readonly seconds: number
    readonly valErrorPx: number
    readonly nme: Estimate
    readonly failureRate: Estimate
  }
  const { runs } = readBenchmark<{ readonly runs: readonly Run[] }>('landmarks')
  return {
    columns: ['data, recipe', 'test faces', 'NME', 'above 8 %', 'error', 'epochs', 'training'],
    rows: runs.map(({ title, overrides, faces, nme, failureRate, valErrorPx, epochs, seconds }) => [
      describeLandmarksRun({ title, overrides }),
      String(faces),
      formatPercent(nme),
      `${percent(failureRate.value)} %`,
      `${valErrorPx.toFixed(2)} px`,
      String(epochs),
      `${Math.round(seconds / 60)} min`,
    ]),
  }
}

function readLatency(): Table {
  interface Timing {
    readonly backend: string
    readonly network: string
    readonly input: string
    readonly parameters: number
    readonly medianMs: number
  }
  const { timings } = readBenchmark<{ readonly timings: readonly Timing[] }>('latency')
  const shown = timings.filter(({ network, input }) => !network.startsWith('heatmapNet') || isFolded(network, input))
  return {
    columns: ['network', 'input', 'parameters', 'backend', 'time'],
    rows: shown.map(({ network, input, parameters, backend, medianMs }) => [
      network,
      input,
      parameters.toLocaleString('en-US'),
      backend,
      milliseconds(medianMs),
    ]),
  }
}

/** Networks as they are shipped: folded, at the size of the recipes. */
function isFolded(network: string, input: string): boolean {
  return network.endsWith('folded') && input.startsWith('128')
}

function readBenchmark<Content>(name: string): Content {
  return JSON.parse(readFileSync(`${ROOT}benchmarks/${name}.json`, 'utf8'))
}

// Without `watch`: its search follows the links of node_modules without end.
export default { load }

export declare const data: Tables
