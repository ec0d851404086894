import { FacekpError } from '@facekp/core'
import type { backend_util } from '@tensorflow/tfjs-core'

/** Checks that the window of a convolution or pool fits into the padded image: TensorFlow.js would compute a negative size. */
export function checkWindow(info: backend_util.Conv2DInfo): void {
  if (info.outHeight >= 0 && info.outWidth >= 0) return
  throw new FacekpError({
    code: 'ARGUMENT',
    problem: 'the window of a convolution or pool exceeds the image',
    received: `a window of ${info.effectiveFilterHeight} x ${info.effectiveFilterWidth} on an image of ${info.inHeight} x ${info.inWidth}`,
    expected: "a smaller window, a larger image, or padding 'same'",
  })
}
