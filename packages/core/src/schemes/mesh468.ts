import { defineScheme, type KeypointScheme } from './scheme.ts'

/** Points of the middle line. Of the others, those below 248 are on the right; from 248 on, those on the left follow in the same order. */
const MIDDLE_POINTS: readonly number[] = [
  0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 94, 151, 152, 164, 168, 175, 195, 197, 199, 200,
]
const FIRST_LEFT = 248

/**
 * The 468 points of MediaPipe's face mesh, which are named by their number. Left and right are the person's. The parts are the lines
 * of the mesh that follow features of the face; `MESH_TRIANGLES` covers the face.
 *
 * Source: Kartynnik et al. 2019, Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs, arXiv:1907.06724.
 */
export const MESH_468: KeypointScheme = defineScheme({
  name: 'mesh-468',
  pointNames: Array.from({ length: 468 }, (_, i) => `mesh ${i}`),
  flipPairs: Array.from({ length: FIRST_LEFT }, (_, i) => i)
    .filter((point) => !MIDDLE_POINTS.includes(point))
    .map((right, i) => [right, FIRST_LEFT + i]),
  parts: [
    {
      name: 'face oval',
      indices: [
        10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
        150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
      ],
      closed: true,
    },
    { name: 'right brow', indices: [70, 63, 105, 66, 107, 55, 65, 52, 53, 46], closed: true },
    { name: 'left brow', indices: [300, 293, 334, 296, 336, 285, 295, 282, 283, 276], closed: true },
    {
      name: 'right eye',
      indices: [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
      closed: true,
    },
    {
      name: 'left eye',
      indices: [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249],
      closed: true,
    },
    { name: 'nose bridge', indices: [168, 6, 197, 195, 5, 4, 1], closed: false },
    { name: 'nose base', indices: [98, 97, 2, 326, 327], closed: false },
    {
      name: 'outer lips',
      indices: [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146],
      closed: true,
    },
    {
      name: 'inner lips',
      indices: [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95],
      closed: true,
    },
  ],
  normalizationPair: [33, 263],
})
