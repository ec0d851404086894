import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8')
const listNumbers = (text: string): string[] => text.match(/\d+(\.\d+)?/g) ?? []

/** The rows of tables, each with the pages of benchmarks/ that it links to. */
function listRows(path: string): { cells: string[]; pages: string[] }[] {
  return read(path)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => ({
      cells: line.split('|').slice(1, -1),
      pages: [...line.matchAll(/benchmarks\/[\w-]+\.md/g)].map(([page]) => page),
    }))
}

// A benchmark that is repeated replaces its page, and would leave the old numbers elsewhere.
test("the README's numbers are those of the pages that its rows link to", () => {
  const rows = listRows('README.md').filter(({ pages }) => pages.length > 0)
  expect(rows.length).toBeGreaterThan(10)
  const unknown = rows.flatMap(({ cells: [task, ...results], pages }) => {
    const known = new Set(pages.flatMap((page) => listNumbers(read(page))))
    const numbers = listNumbers(
      results
        .slice(0, 2)
        .join(' ')
        .replaceAll(/`.*?`|68 points|of 5 fits/g, ''),
    )
    return numbers.filter((number) => !known.has(number)).map((number) => `${task?.trim()}: ${number}`)
  })
  expect(unknown).toEqual([])
})

test("BlurPool's table of times is that of its benchmark", () => {
  const measured = listRows('benchmarks/blurpool.md').map(({ cells }) => cells.map((cell) => cell.trim()))
  const claimed = listRows('packages/blurpool/README.md')
    .map(({ cells }) => cells.map((cell) => cell.trim()))
    .filter(([backend = '', ...ratios]) => /^(cpu|wasm|onnx)$/.test(backend) && ratios.length === 2)
  expect(claimed).toHaveLength(3)
  for (const [backend, forward, both] of claimed) {
    const row = measured.find(
      ([name, maps, taps]) => name === backend && maps?.endsWith('60 x 60 x 64') && taps === '4',
    )
    expect(row?.slice(3, 5).map((cell) => cell.match(/\((.*)\)/)?.[1])).toEqual([forward, both])
  }
})

describe('the guide to anti-aliasing', () => {
  const guide = read('docs/guides/anti-aliasing.md')
  const page = read('benchmarks/antialias.md')

  /** Returns the cells of a network on the page: the means, without their ranges. */
  function findRow(size: string, epochs: string, network: string): (string | undefined)[] {
    const [, section = ''] = page.split(`## ${size} x ${size} pixels, ${epochs} epochs`)
    const row = section.split('\n').find((line) => line.slice(1).trim().startsWith(`${network} `)) ?? ''
    return row.split('|').map((cell) => /[\d.]+ px/.exec(cell)?.[0])
  }

  const rows = listRows('docs/guides/anti-aliasing.md')
    .map(({ cells }) => cells.map((cell) => cell.trim()))
    .filter(([head = '']) => /^(heatmaps|pooled|flattened)$/.test(head))

  test('has the means of its benchmark in its table', () => {
    expect(rows).toHaveLength(9)
    for (const [head, size = '', start, epochs = '', , ...claimed] of rows) {
      const suffix = start === 'random' ? '' : ', from plain weights'
      const networks = ['plain', 'anti-aliased'].map((network) =>
        findRow(size.replace(' px', ''), epochs.replace('8 + 8', '8'), `${head}, ${network}${suffix}`),
      )
      // Error, shift of 1/2 px and jitter.
      expect(claimed).toEqual([3, 6, 8].flatMap((column) => networks.map((cells) => cells[column])))
    }
  })

  test('has the numbers of its benchmark in its text, and their ratios', () => {
    const text = guide.replaceAll(/^\|.*$|\]\(.*?\)/gm, '')
    const known = new Set(listNumbers(page))
    expect(listNumbers(text).filter((number) => /\.\d{2}/.test(number) && !known.has(number))).toEqual([])
    const ratios = [...text.matchAll(/(\d+) %\s+(?:less|larger) \(([\d.]+) against ([\d.]+)/g)]
    expect(ratios.length).toBeGreaterThanOrEqual(4)
    for (const [, percent, value, base] of ratios) {
      expect(Math.round(100 * Math.abs(Number(value) / Number(base) - 1))).toBe(Number(percent))
    }
    for (const [, , , , , plain = '', antialiased = ''] of rows) {
      expect(text).toContain(`${Math.round(100 * (parseFloat(antialiased) / parseFloat(plain) - 1))} %`)
    }
  })
})

test('every benchmark page has its command and its data', () => {
  const scripts = JSON.parse(read('package.json')).scripts
  const pages = readdirSync(`${ROOT}benchmarks`).filter((name) => name.endsWith('.md'))
  expect(pages.length).toBeGreaterThan(10)
  for (const page of pages) {
    const name = page.slice(0, -3)
    expect(Object.keys(scripts)).toContain(`bench:${name}`)
    expect(JSON.parse(read(`benchmarks/${name}.json`))).toEqual(expect.any(Object))
  }
})
