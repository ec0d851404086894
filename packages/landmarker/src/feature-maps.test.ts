import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { DESCRIPTOR_LENGTH, describePoint } from './feature-maps.ts'

/** From feature-maps.golden.py. */
interface Golden {
  readonly x: number
  readonly y: number
  readonly length: number
  readonly every61st: readonly number[]
}

const golden: Golden[] = JSON.parse(readFileSync(new URL('feature-maps.golden.json', import.meta.url), 'utf8'))
const maps = [
  { side: 8, channels: 16 },
  { side: 5, channels: 32 },
].map(({ side, channels }) => ({
  side,
  channels,
  data: Float32Array.from({ length: side * side * channels }, (_, i) => Math.sin(0.37 * i)),
}))

test.each(golden)('describePoint samples the maps around ($x, $y) as torch.grid_sample does', (expected) => {
  const descriptor = describePoint(maps, expected.x, expected.y)
  expect(DESCRIPTOR_LENGTH).toBe(expected.length)
  expect([...descriptor.filter((_, i) => i % 61 === 0)]).toEqual(
    expected.every61st.map((value) => expect.closeTo(value, 5)),
  )
})
