/** The point at the base of the nose, between the nostrils: the one that class projects call the tip, which has none. */
export const IMM_NOSE = 52
