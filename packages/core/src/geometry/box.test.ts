import { expect, test } from '@jest/globals'
import { boundingBox, imageBox } from './box.ts'

test('imageBox has the edges of the image', () => {
  expect(imageBox({ width: 640, height: 480 })).toEqual({ left: 0, top: 0, width: 640, height: 480 })
})

test('boundingBox passes through the outermost points, in edge coordinates', () => {
  expect(boundingBox(Float32Array.of(3, 9, 1, 5, 2, 2))).toEqual({ left: 1.5, top: 2.5, width: 2, height: 7 })
})
