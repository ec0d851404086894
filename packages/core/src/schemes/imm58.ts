import { defineScheme, type KeypointScheme } from './scheme.ts'

/**
 * The 58 points of the IMM Face Database, in the order of its `.asf` files. Left and right are the person's: the eye on
 * the right of the image is the left one.
 *
 * | points | part |
 * |---|---|
 * | 0-12 | jaw, from the right ear over the chin (6) to the left ear |
 * | 13-20 | left eye, from its outer corner along the upper lid to the inner corner (17) and back along the lower lid |
 * | 21-28 | right eye, in the same order: outer corner 21, inner corner 25 |
 * | 29-33 | left brow, from its inner end outwards |
 * | 34-38 | right brow, from its inner end outwards |
 * | 39-46 | mouth, from its right corner along the upper lip to the left corner (43) and back along the lower lip |
 * | 47-57 | nose, from the right side of the bridge down around the base (52, between the nostrils) and up on the left |
 *
 * No point lies on the tip of the nose; 52 is the nearest to it.
 *
 * Source: M. M. Nordstrøm, M. Larsen, J. Sierakowski, M. B. Stegmann, The IMM Face Database, Technical University of
 * Denmark, 2004. The point names are ours.
 */
export const IMM_58: KeypointScheme = defineScheme({
  name: 'imm-58',
  pointNames: [
    'right jaw 1',
    'right jaw 2',
    'right jaw 3',
    'right jaw 4',
    'right jaw 5',
    'right jaw 6',
    'chin',
    'left jaw 6',
    'left jaw 5',
    'left jaw 4',
    'left jaw 3',
    'left jaw 2',
    'left jaw 1',
    'left eye outer corner',
    'left eye upper lid outer',
    'left eye upper lid middle',
    'left eye upper lid inner',
    'left eye inner corner',
    'left eye lower lid inner',
    'left eye lower lid middle',
    'left eye lower lid outer',
    'right eye outer corner',
    'right eye upper lid outer',
    'right eye upper lid middle',
    'right eye upper lid inner',
    'right eye inner corner',
    'right eye lower lid inner',
    'right eye lower lid middle',
    'right eye lower lid outer',
    'left brow 1',
    'left brow 2',
    'left brow 3',
    'left brow 4',
    'left brow 5',
    'right brow 1',
    'right brow 2',
    'right brow 3',
    'right brow 4',
    'right brow 5',
    'right mouth corner',
    'right upper lip',
    'upper lip middle',
    'left upper lip',
    'left mouth corner',
    'left lower lip',
    'lower lip middle',
    'right lower lip',
    'right nose bridge',
    'right nose side',
    'right nose wing top',
    'right nose wing',
    'right nostril',
    'nose base',
    'left nostril',
    'left nose wing',
    'left nose wing top',
    'left nose side',
    'left nose bridge',
  ],
  flipPairs: [
    [0, 12],
    [1, 11],
    [2, 10],
    [3, 9],
    [4, 8],
    [5, 7],
    [13, 21],
    [14, 22],
    [15, 23],
    [16, 24],
    [17, 25],
    [18, 26],
    [19, 27],
    [20, 28],
    [29, 34],
    [30, 35],
    [31, 36],
    [32, 37],
    [33, 38],
    [39, 43],
    [40, 42],
    [44, 46],
    [47, 57],
    [48, 56],
    [49, 55],
    [50, 54],
    [51, 53],
  ],
  parts: [
    { name: 'jaw', indices: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], closed: false },
    { name: 'left eye', indices: [13, 14, 15, 16, 17, 18, 19, 20], closed: true },
    { name: 'right eye', indices: [21, 22, 23, 24, 25, 26, 27, 28], closed: true },
    { name: 'left brow', indices: [29, 30, 31, 32, 33], closed: false },
    { name: 'right brow', indices: [34, 35, 36, 37, 38], closed: false },
    { name: 'mouth', indices: [39, 40, 41, 42, 43, 44, 45, 46], closed: true },
    { name: 'nose', indices: [47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57], closed: false },
  ],
  normalizationPair: [21, 13],
})
