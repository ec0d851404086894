import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { MESH_TRIANGLES } from './mesh-triangles.ts'
import { MESH_468 } from './mesh468.ts'
import { flipIndices } from './scheme.ts'

// Of MediaPipe's canonical face model: see mesh-strips.py.
const golden: { readonly flipPairs: readonly [number, number][]; readonly triangles: readonly number[][] } = JSON.parse(
  readFileSync(new URL('mesh-triangles.golden.json', import.meta.url), 'utf8'),
)

test('the flip pairs are those of the model', () => {
  expect(MESH_468.flipPairs).toEqual(golden.flipPairs)
})

test('the parts of the mesh are mirrored by its flip pairs', () => {
  const flip = flipIndices(MESH_468)
  const members = MESH_468.parts.map(({ name, indices }) => ({ name, indices: new Set(indices) }))
  for (const { name, indices } of MESH_468.parts) {
    const other = name.replace(/right|left/, (side) => (side === 'right' ? 'left' : 'right'))
    const mirrored = new Set(indices.map((index) => flip[index] as number))
    expect(mirrored).toEqual(members.find((part) => part.name === other)?.indices)
  }
})

test('the triangles are those of the model, with the same side in front', () => {
  const format = (triangle: readonly number[]): string => {
    const first = triangle.indexOf(Math.min(...triangle))
    return [...triangle.slice(first), ...triangle.slice(0, first)].join()
  }
  const triangles = Array.from({ length: MESH_TRIANGLES.length / 3 }, (_, i) =>
    format(MESH_TRIANGLES.slice(3 * i, 3 * i + 3)),
  )
  expect(triangles.sort()).toEqual(golden.triangles.map(format).sort())
})
