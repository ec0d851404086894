import { beforeEach, expect, test } from '@jest/globals'
import { createFace } from '../project/labels.ts'
import { changeFaces, currentFile, images, isReadOnly, project, redo, undo } from '../project/project.ts'
import { addFace, selected, selectedFace } from './actions.ts'

const FACE = createFace({ left: 0, top: 0, width: 10, height: 10 }, 1)

beforeEach(() => {
  const scheme = { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] }
  project.value = { id: 'p', name: 'faces', scheme, createdAt: 0 }
  images.value = [{ projectId: 'p', file: 'a.png', width: 20, height: 10, status: 'ready', faces: [FACE] }]
  currentFile.value = 'a.png'
  isReadOnly.value = false
})

test('a face is selected after the selected one was taken away by undo or an import', () => {
  addFace()
  expect(selected.value.face).toBe(1)
  undo()
  expect(selectedFace.value).toBe(FACE)
  redo()
  selected.value = { face: 1, point: 0 }
  changeFaces('a.png', [FACE])
  expect(selectedFace.value).toBe(FACE)
})
