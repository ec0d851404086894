/** Index of the point at the base of the nose, which class projects call its tip: IMM-58 has no point at the tip. */
export const IMM_NOSE = 52
