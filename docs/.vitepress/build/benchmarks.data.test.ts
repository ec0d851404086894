import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import loader from './benchmarks.data.ts'
import { ROOT } from './packages.ts'

const tables = loader.load()
const readTable = (name: string): string => readFileSync(`${ROOT}benchmarks/${name}.md`, 'utf8')

test.each(Object.entries(tables))('table %s has a value in every cell', (_, { columns, rows }) => {
  expect(rows.length).toBeGreaterThan(2)
  for (const row of rows) {
    expect(row).toHaveLength(columns.length)
    expect(row.filter((cell) => cell === '' || /undefined|NaN/.test(cell))).toEqual([])
  }
})

// The benchmarks wrote the same values into their own pages.
test('the model cards show what the benchmark pages show', () => {
  const [face] = tables.networks.rows
  expect(readTable('landmarks')).toContain(face?.[2]?.match(/^[\d.]+ %/)?.[0] ?? '?')
  const [detector] = tables.detectors.rows
  expect(readTable('detector')).toContain(detector?.[5])
  const fewShot = tables.fewShot.rows.map(([name, images, error]) => {
    const [, median, unit, low, high] = /^([\d.]+) (\S+) \(([\d.]+)-([\d.]+)\)$/.exec(error as string) ?? []
    return [name, images, `${median} ${unit}`, `${low}, ${high}`]
  })
  const columns = readTable('fewshot').matchAll(/^\| (.+?) +\| (\d+) +\| ([\d.]+ \S+) +\| ([\d., ]+?) +\|/gm)
  expect(fewShot).toEqual([...columns].map(([, ...cells]) => cells))
  const [latency] = tables.latency.rows
  expect(readTable('latency')).toContain(latency?.[2])
})

test('trainings of one recipe have the names of the benchmark page, which tell them apart', () => {
  const names = tables.networks.rows.map(([name]) => name)
  const expected = [...readTable('landmarks').matchAll(/^\| (.+?) +\| heatmapNet/gm)].map(([, name]) => name)
  expect(names).toEqual(expected)
  expect(new Set(names).size).toBe(names.length)
})
