/** What to do about weights that are not finite while a model is trained. */
export const FINITE_FIX =
  'lower the learning rate, set maxGradientNorm, or remove extreme values from the images; the model keeps the weights of the last epoch that were finite'
