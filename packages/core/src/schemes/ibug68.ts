import { defineScheme, type KeypointScheme } from './scheme.ts'

/**
 * The 68 points of iBUG's 300-W (Multi-PIE's mark-up), which dlib also uses, counted from 0. Left and right are the
 * person's: the eye on the right of the image is the left one.
 *
 * | points | part |
 * |---|---|
 * | 0-16 | jaw, from the right ear over the chin (8) to the left ear |
 * | 17-21 | right brow, from its outer end inwards |
 * | 22-26 | left brow, from its inner end outwards |
 * | 27-30 | nose bridge, downwards; 30 is the tip of the nose |
 * | 31-35 | nose base, from right to left |
 * | 36-41 | right eye, from its outer corner along the upper lid to the inner corner (39) and back along the lower lid |
 * | 42-47 | left eye, from its inner corner along the upper lid to the outer corner (45) and back along the lower lid |
 * | 48-59 | outer lips, from the right corner along the upper lip to the left corner (54) and back along the lower lip |
 * | 60-67 | inner lips, in the same order; the left corner is 64 |
 *
 * The normalization pair, the outer eye corners 36 and 45, is that of the 300-W challenge.
 *
 * Source: C. Sagonas, G. Tzimiropoulos, S. Zafeiriou, M. Pantic, 300 Faces in-the-Wild Challenge: The first facial
 * landmark localization challenge, ICCV Workshops 2013. The point names are ours.
 */
export const IBUG_68: KeypointScheme = defineScheme({
  name: 'ibug-68',
  pointNames: [
    'right jaw 1',
    'right jaw 2',
    'right jaw 3',
    'right jaw 4',
    'right jaw 5',
    'right jaw 6',
    'right jaw 7',
    'right jaw 8',
    'chin',
    'left jaw 8',
    'left jaw 7',
    'left jaw 6',
    'left jaw 5',
    'left jaw 4',
    'left jaw 3',
    'left jaw 2',
    'left jaw 1',
    'right brow 5',
    'right brow 4',
    'right brow 3',
    'right brow 2',
    'right brow 1',
    'left brow 1',
    'left brow 2',
    'left brow 3',
    'left brow 4',
    'left brow 5',
    'nose bridge 1',
    'nose bridge 2',
    'nose bridge 3',
    'nose tip',
    'right nose wing',
    'right nostril',
    'nose base',
    'left nostril',
    'left nose wing',
    'right eye outer corner',
    'right eye upper lid outer',
    'right eye upper lid inner',
    'right eye inner corner',
    'right eye lower lid inner',
    'right eye lower lid outer',
    'left eye inner corner',
    'left eye upper lid inner',
    'left eye upper lid outer',
    'left eye outer corner',
    'left eye lower lid outer',
    'left eye lower lid inner',
    'right outer mouth corner',
    'right outer upper lip 1',
    'right outer upper lip 2',
    'outer upper lip middle',
    'left outer upper lip 2',
    'left outer upper lip 1',
    'left outer mouth corner',
    'left outer lower lip 1',
    'left outer lower lip 2',
    'outer lower lip middle',
    'right outer lower lip 2',
    'right outer lower lip 1',
    'right inner mouth corner',
    'right inner upper lip',
    'inner upper lip middle',
    'left inner upper lip',
    'left inner mouth corner',
    'left inner lower lip',
    'inner lower lip middle',
    'right inner lower lip',
  ],
  flipPairs: [
    [0, 16],
    [1, 15],
    [2, 14],
    [3, 13],
    [4, 12],
    [5, 11],
    [6, 10],
    [7, 9],
    [17, 26],
    [18, 25],
    [19, 24],
    [20, 23],
    [21, 22],
    [31, 35],
    [32, 34],
    [36, 45],
    [37, 44],
    [38, 43],
    [39, 42],
    [40, 47],
    [41, 46],
    [48, 54],
    [49, 53],
    [50, 52],
    [55, 59],
    [56, 58],
    [60, 64],
    [61, 63],
    [65, 67],
  ],
  parts: [
    { name: 'jaw', indices: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], closed: false },
    { name: 'right brow', indices: [17, 18, 19, 20, 21], closed: false },
    { name: 'left brow', indices: [22, 23, 24, 25, 26], closed: false },
    { name: 'nose bridge', indices: [27, 28, 29, 30], closed: false },
    { name: 'nose base', indices: [31, 32, 33, 34, 35], closed: false },
    { name: 'right eye', indices: [36, 37, 38, 39, 40, 41], closed: true },
    { name: 'left eye', indices: [42, 43, 44, 45, 46, 47], closed: true },
    { name: 'outer lips', indices: [48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59], closed: true },
    { name: 'inner lips', indices: [60, 61, 62, 63, 64, 65, 66, 67], closed: true },
  ],
  normalizationPair: [36, 45],
})
