import { expect, test } from '@jest/globals'
import { describeFaces } from './describe-faces.ts'

const face = {
  points: Float32Array.of(1.23456, 2, 3, 4.5),
  box: { left: 0.12345, top: 1, width: 10, height: 12 },
  confidence: 0.98765,
}

test('a line as facekp predict writes it; a followed face has no score', () => {
  expect(JSON.parse(describeFaces('a.jpg', { width: 40, height: 30 }, [{ ...face, score: 0.5 }, face]))).toEqual({
    image: 'a.jpg',
    width: 40,
    height: 30,
    faces: [
      {
        box: { left: 0.123, top: 1, width: 10, height: 12 },
        score: 0.5,
        confidence: 0.988,
        points: [
          [1.235, 2],
          [3, 4.5],
        ],
      },
      {
        box: { left: 0.123, top: 1, width: 10, height: 12 },
        confidence: 0.988,
        points: [
          [1.235, 2],
          [3, 4.5],
        ],
      },
    ],
  })
})
