import { defineScheme, type KeypointScheme } from '@facekp/core'

/** The six points of BlazeFace. The ear's point is the tragion, the notch above the tragus. */
export const BLAZEFACE_6: KeypointScheme = defineScheme({
  name: 'blazeface-6',
  pointNames: ['right eye', 'left eye', 'nose tip', 'mouth center', 'right ear', 'left ear'],
  flipPairs: [
    [0, 1],
    [4, 5],
  ],
  parts: [
    { name: 'eyes', indices: [0, 1], closed: false },
    { name: 'nose', indices: [2], closed: false },
    { name: 'mouth', indices: [3], closed: false },
    { name: 'ears', indices: [4, 5], closed: false },
  ],
  normalizationPair: [0, 1],
})
