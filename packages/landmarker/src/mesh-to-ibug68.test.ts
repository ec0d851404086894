import { flipIndices, IBUG_68, MESH_468 } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { MESH_TO_IBUG_68 } from './mesh-to-ibug68.ts'

test('the map to IBUG_68 is mirrored too', () => {
  const flipMesh = flipIndices(MESH_468)
  const flipIbug = flipIndices(IBUG_68)
  const unlike = MESH_TO_IBUG_68.flatMap((index, i) =>
    flipMesh[index] === MESH_TO_IBUG_68[flipIbug[i] as number] ? [] : [i],
  )
  expect(unlike).toEqual([])
})
