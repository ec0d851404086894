import { expect, test } from '@jest/globals'
import { MESH_TRIANGLES } from './mesh-triangles.ts'
import { MESH_468 } from './mesh468.ts'
import { flipIndices } from './scheme.ts'

test('the parts of the mesh are mirrored by its flip pairs', () => {
  const flip = flipIndices(MESH_468)
  const members = MESH_468.parts.map(({ name, indices }) => ({ name, indices: new Set(indices) }))
  for (const { name, indices } of MESH_468.parts) {
    const other = name.replace(/right|left/, (side) => (side === 'right' ? 'left' : 'right'))
    const mirrored = new Set(indices.map((index) => flip[index] as number))
    expect(mirrored).toEqual(members.find((part) => part.name === other)?.indices)
  }
})

test('the triangles cover all points, each with three corners, and share each edge with at most one other', () => {
  expect(MESH_TRIANGLES).toHaveLength(3 * 880)
  expect(new Set(MESH_TRIANGLES).size).toBe(468)
  const counts = new Map<string, number>()
  for (let i = 0; i < MESH_TRIANGLES.length; i += 3) {
    const corners = MESH_TRIANGLES.slice(i, i + 3)
    expect(new Set(corners).size).toBe(3)
    for (let k = 0; k < 3; k++) {
      const edge = [corners[k], corners[(k + 1) % 3]].sort().join()
      counts.set(edge, (counts.get(edge) ?? 0) + 1)
    }
  }
  expect(Math.max(...counts.values())).toBe(2)
})
